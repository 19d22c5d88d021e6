import { breaksKpi } from '../../kpi.ts';
import { formatValue } from '../../unit.ts';
import type { CauseAdvice } from '../cause.ts';
import { lines } from '../evidence-line.ts';
import { type HttpVerdict, httpRule } from '../http-rule.ts';
import type { HttpView } from '../http-view.ts';
import { shellWord } from '../quote.ts';

/** The service answers, with errors of its own (5xx). What makes them is for other rules; alone this names the symptom. */
export const appErrorResponsesRule = httpRule({
  id: 'app.error_responses',
  judge(view): HttpVerdict | undefined {
    const { errorRate, responseTime, service } = view;
    if (typeof errorRate?.value !== 'number') return undefined;
    const share = formatValue(errorRate.value, 'ratio');
    if (!breaksKpi(service.kpis, 'error_rate', errorRate.value))
      return { clear: `${share} of requests fail` };
    const statuses = view.fact('statuses') ?? '';
    const isFromServer = errorRate.probe === 'prometheus.query' || / 5\d\d/.test(statuses);
    if (!isFromServer) return { clear: 'its failed requests got no answer at all' };
    return {
      found: {
        title: 'The service answers with errors',
        summary: `${service.name} answers ${share} of requests with 5xx${statuses === '' ? '' : ` (${statuses})`}.`,
        confidence: responseTime?.isSlow ? 0.4 : 0.55,
        evidence: lines(
          errorRate,
          responseTime?.isSlow === false ? responseTime.line : undefined,
          view.value('health_ok') === 1
            ? view.line('health_ok', 'its health route says all is well')
            : undefined,
        ),
        against: responseTime?.isSlow ? lines(responseTime.line) : [],
        advice: [followOne(view)],
      },
    };
  },
});

function followOne({ service, slowestRoute }: HttpView): CauseAdvice {
  const base = {
    title: 'Follow one failing request',
    why: 'Errors that come fast are thrown, errors that come late are waited for: the log of one tells which.',
    source: 'https://sre.google/sre-book/monitoring-distributed-systems/',
  };
  const http = service.targets.find(({ kind }) => kind === 'http');
  if (http?.kind !== 'http' || slowestRoute === undefined) return base;
  return {
    ...base,
    effect: 'reads',
    command: `curl -si ${shellWord(http.baseUrl + slowestRoute.replace(/^GET /, ''))}`,
  };
}

import { metricValue } from '../evidence.ts';
import type { Cause, EvidenceLine, Verdict } from './cause.ts';
import { metricLine } from './evidence-line.ts';
import { collectedBy, type Facts, metricFor } from './facts.ts';
import type { DiagnosisRule } from './rule.ts';
import { causeVerdict, ruledOutVerdict } from './verdicts.ts';

/** A metric of a service as Prometheus tells it. */
interface ToldMetric {
  readonly service: string;
  readonly value: number;
  line(text: string): EvidenceLine | undefined;
}

interface SecondSource {
  readonly id: string;
  /** The same number, measured at the container itself: where it is there, Prometheus is not asked. */
  readonly measured: { readonly probe: string; readonly metric: string };
  /** Its name in `prometheus.query`. */
  readonly metric: string;
  readonly mark: number;
  clear(told: ToldMetric): string;
  found(told: ToldMetric): Omit<Cause, 'id' | 'service'>;
}

/** A rule that takes what Prometheus tells of services at which nobody could measure, for example on another machine. */
export function orFromPrometheus(rule: DiagnosisRule, source: SecondSource): DiagnosisRule {
  return {
    ids: rule.ids,
    evaluate(facts) {
      const first = rule.evaluate(facts);
      const told = toldMetrics(facts, source).filter(
        ({ service }) =>
          !first.some((verdict) => verdict.kind === 'cause' && verdict.cause.service === service),
      );
      return [...first, ...told.map((metric) => toVerdict(metric, source))];
    },
  };
}

function toldMetrics(facts: Facts, { measured, metric, mark }: SecondSource): readonly ToldMetric[] {
  return collectedBy(facts, 'prometheus.query').flatMap((evidence) => {
    const value = metricValue(evidence, metric);
    const { service, target } = evidence;
    if (value === undefined) return [];
    if (metricFor(facts, measured.probe, service, measured.metric) !== undefined) return [];
    const usual = facts.usual(target, metric);
    return [
      {
        service,
        value,
        line: (text: string) => metricLine(evidence, metric, text, { usual, threshold: mark }),
      },
    ];
  });
}

function toVerdict(told: ToldMetric, { id, mark, clear, found }: SecondSource): Verdict {
  return told.value < mark
    ? ruledOutVerdict(id, `${told.service}: ${clear(told)}`)
    : causeVerdict({ id, service: told.service, ...found(told) });
}

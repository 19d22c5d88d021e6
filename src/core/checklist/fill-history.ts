import { metricTitle } from '../chart-plan/chart-words.ts';
import { changeSize } from '../monitor/change-size.ts';
import { isComparable, type PeriodChange } from '../monitor/trends.ts';
import { worst } from '../severity.ts';
import { formatValue, type Unit } from '../unit.ts';
import { capacities, capacitySeverity, type UsedShare } from '../weekly-report/capacity-section.ts';
import { forecastText } from '../weekly-report/forecast.ts';
import type { FilledNumber, Filling } from './round.ts';

/** Numbers that are kept for the comparison with the next round. */
const MOST_NUMBERS = 200;
const MOST_FORECASTS = 20;

/** The usual value of a metric over all hours. */
export interface UsualOfMetric {
  readonly target: string;
  readonly metric: string;
  readonly service: string;
  readonly unit: Unit;
  readonly median: number;
}

/** The biggest changes of a week, in the order given. Pure. */
export function fillFromTrends(
  ranked: readonly PeriodChange[],
  usual: readonly UsualOfMetric[],
  verdict: string,
): Filling {
  const comparable = ranked.filter(isComparable);
  const numbers = comparable.flatMap(({ target, metric, service, unit, now, before }) => {
    if (now === undefined || before === undefined) return [];
    const known = usual.find((one) => one.target === target && one.metric === metric);
    return [
      {
        title: metricTitle(metric),
        service,
        target,
        metric: `monitor/${metric}`,
        severity: 'ok' as const,
        value: now,
        unit,
        ...(known && { usual: known.median }),
        before,
        beforeWhat: 'the week before',
      },
    ];
  });
  return {
    severity: numbers.length === 0 ? 'unknown' : 'ok',
    numbers: numbers.slice(0, MOST_NUMBERS),
    remarks: [],
    measured: numbers.length,
    offending: 0,
    unmeasured: ranked.length - numbers.length,
    summary:
      numbers.length === 0 ? verdict : `${numbers.length} metrics compared; table and charts in the thread`,
  };
}

/** When limits are reached, the most urgent first. Pure. */
export function fillFromForecast(shares: readonly UsedShare[], at: number): Filling {
  const all = capacities(shares);
  const known = all.filter(({ forecast }) => forecast.kind !== 'too_little_history');
  return {
    severity: known.length === 0 ? 'unknown' : worst(known.map(({ forecast }) => capacitySeverity(forecast))),
    numbers: [],
    remarks: [],
    measured: 0,
    offending: 0,
    unmeasured: all.length - known.length,
    results: all.slice(0, MOST_FORECASTS).map(({ resource, service, daily, forecast }) => ({
      title: `${resource} of ${service}`,
      text: `${formatValue(daily.at(-1)?.value ?? 0, 'ratio')} used, ${forecastText(forecast)}`,
      at,
    })),
  };
}

/** What a refresh of the usual values came to: those that moved most since the last round first. Pure. */
export function fillFromBaselines(
  usual: readonly UsualOfMetric[],
  metrics: number,
  before: Filling | undefined,
): Filling {
  const numbers = usual
    .map((one): FilledNumber => {
      const metric = `baseline/${one.metric}`;
      const last = before?.numbers.find((old) => old.target === one.target && old.metric === metric)?.value;
      return {
        title: `Usual ${lowerFirst(metricTitle(one.metric))}`,
        service: one.service,
        target: one.target,
        metric,
        severity: 'ok',
        value: one.median,
        unit: one.unit,
        ...(last !== undefined && { before: last }),
      };
    })
    .sort((a, b) => moved(b) - moved(a));
  const missing = metrics - numbers.length;
  return {
    severity: numbers.length === 0 ? 'unknown' : 'ok',
    numbers: numbers.slice(0, MOST_NUMBERS),
    remarks: [],
    measured: numbers.length,
    offending: 0,
    unmeasured: missing,
    summary: [
      numbers.length === 0
        ? 'Not enough history yet: the first usual values need an hour of measurements'
        : `${numbers.length} usual values computed again`,
      ...(numbers.length > 0 && missing > 0 ? [`${missing} metrics have not enough history`] : []),
      ...(numbers.length > 0 ? [movedText(numbers)] : []),
    ].join(', '),
  };
}

function movedText(numbers: readonly FilledNumber[]): string {
  const compared = numbers.filter(({ before }) => before !== undefined);
  if (compared.length === 0) return 'nothing to compare with yet';
  const count = compared.filter((number) => moved(number) >= 1).length;
  return count === 0 ? 'none moved much since the last round' : `${count} moved since the last round`;
}

/** How far a usual value moved; -1 when there is nothing to compare with. */
function moved({ value, before, unit }: FilledNumber): number {
  return before === undefined ? -1 : changeSize(before, value, unit);
}

/** Words that are a name stay: CPU. */
function lowerFirst(text: string): string {
  return /^[A-Z][a-z]/.test(text) ? text.charAt(0).toLowerCase() + text.slice(1) : text;
}

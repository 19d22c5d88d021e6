import type { BarChart } from '../chart.ts';
import { altText, plainText } from '../chart-plan/chart-words.ts';
import { median } from '../monitor/robust.ts';
import { compareSeverity, type Severity, worst } from '../severity.ts';
import { formatDuration } from '../unit.ts';
import type { Span } from './report-week.ts';
import { ALL_SERVICES, type WeekRemark, type WeekSection } from './section.ts';

/** One alert group that fired in a week. Times in milliseconds since the epoch. */
export interface WeekIncident {
  /** Undefined: the inventory knows no service that it spoke of. */
  readonly service: string | undefined;
  readonly title: string;
  readonly severity: Severity;
  readonly startedAt: number;
  /** Undefined: it still fires. */
  readonly resolvedAt: number | undefined;
  /** The best cause of its first report; undefined when none was found, or there is no report. */
  readonly cause: { readonly id: string; readonly title: string } | undefined;
  /** When its first report was there. */
  readonly verdictAt: number | undefined;
}

interface Incidents {
  readonly service: string;
  readonly title: string;
  readonly severity: Severity;
  readonly count: number;
  readonly firing: number;
  readonly lastedMs: number;
  readonly cause: string | undefined;
  readonly toVerdictMs: number | undefined;
}

const NO_SERVICE = 'no service';

/** What fired in the week: by service and alert with the cause, how long it lasted, how long a verdict took. */
export function incidentSection(incidents: readonly WeekIncident[], before: number, week: Span): WeekSection {
  const groups = [...groupBy(incidents, ({ service, title }) => `${service ?? ''} ${title}`).values()]
    .map((members) => summary(members, week))
    .toSorted((a, b) => compareSeverity(b.severity, a.severity) || b.lastedMs - a.lastedMs);
  return {
    remarks: remark(incidents.length, before, groups),
    tables: [
      {
        name: 'incidents',
        title: `Incidents of the week: ${incidents.length}, last week ${before}`,
        columns: ['Service', 'Alert', 'How often', 'Fired for', 'Cause', 'Verdict after'].map((title) => ({
          name: title.toLowerCase().replace(' ', '_'),
          title,
        })),
        rows: groups.map(({ service, title, count, firing, lastedMs, cause, toVerdictMs }) => [
          service,
          title,
          `${count}${firing > 0 ? ', still firing' : ''}`,
          formatDuration(lastedMs),
          cause ?? 'not found',
          toVerdictMs === undefined ? null : formatDuration(toVerdictMs),
        ]),
        probe: 'alerts',
        service: ALL_SERVICES,
      },
    ].filter(({ rows }) => rows.length > 0),
    charts: durationChart(groups),
    unavailable: [],
  };
}

function summary(members: readonly WeekIncident[], week: Span): Incidents {
  const [first] = members;
  const causes = members.flatMap(({ cause }) => cause?.title ?? []);
  const waits = members.flatMap(({ verdictAt, startedAt }) =>
    verdictAt === undefined ? [] : [Math.max(0, verdictAt - startedAt)],
  );
  return {
    service: first?.service ?? NO_SERVICE,
    title: first?.title ?? '',
    severity: worst(members.map(({ severity }) => severity)),
    count: members.length,
    firing: members.filter(({ resolvedAt }) => resolvedAt === undefined).length,
    lastedMs: members.reduce((sum, one) => sum + within(one, week), 0),
    cause: mostFrequent(causes),
    toVerdictMs: median(waits),
  };
}

/** The part of an incident that lies in the week. */
function within({ startedAt, resolvedAt }: WeekIncident, { from, to }: Span): number {
  return Math.max(0, Math.min(resolvedAt ?? to, to) - Math.max(startedAt, from));
}

function mostFrequent(names: readonly string[]): string | undefined {
  const [best] = [...groupBy(names, (name) => name).values()].toSorted((a, b) => b.length - a.length);
  return best?.[0];
}

function remark(count: number, before: number, groups: readonly Incidents[]): readonly WeekRemark[] {
  const [first] = groups;
  if (first === undefined || count <= before) {
    return before > count
      ? [{ text: `${count} incidents, last week ${before}`, kind: 'better', severity: 'ok', weight: 1 }]
      : [];
  }
  const cause = first.cause === undefined ? '' : `, because ${first.cause}`;
  return [
    {
      text: `${count} ${count === 1 ? 'incident' : 'incidents'}, last week ${before}; worst: ${first.title} of ${first.service} for ${formatDuration(first.lastedMs)}${cause}`,
      kind: 'worse',
      severity: first.severity === 'critical' ? 'warning' : 'ok',
      weight: count - before,
    },
  ];
}

function durationChart(groups: readonly Incidents[]): readonly BarChart[] {
  const services = [...groupBy(groups, ({ service }) => service)].map(([service, members]) => ({
    service,
    lastedMs: members.reduce((sum, { lastedMs }) => sum + lastedMs, 0),
    count: members.reduce((sum, { count }) => sum + count, 0),
  }));
  const sorted = services.filter(({ lastedMs }) => lastedMs > 0).toSorted((a, b) => b.lastedMs - a.lastedMs);
  const [top] = sorted;
  if (top === undefined) return [];
  return [
    {
      kind: 'bars',
      id: 'week-incidents',
      title: `Time that alerts fired in the week: most at ${plainText(top.service, 60)}`,
      alt: altText([
        'Time that alerts fired in the week, by service.',
        ...sorted
          .slice(0, 10)
          .map(
            ({ service, lastedMs, count }) =>
              `${plainText(service, 60)} ${formatDuration(lastedMs)} in ${count} ${count === 1 ? 'incident' : 'incidents'}.`,
          ),
      ]),
      unit: 'ms',
      bars: sorted.map(({ service, lastedMs }) => ({ label: plainText(service, 60), value: lastedMs })),
    },
  ];
}

function groupBy<T>(items: readonly T[], key: (item: T) => string): ReadonlyMap<string, readonly T[]> {
  const groups = new Map<string, T[]>();
  for (const item of items) {
    const members = groups.get(key(item));
    if (members) members.push(item);
    else groups.set(key(item), [item]);
  }
  return groups;
}

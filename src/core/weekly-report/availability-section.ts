import type { BarChart } from '../chart.ts';
import { altText, plainText } from '../chart-plan/chart-words.ts';
import type { Service } from '../inventory/service.ts';
import { kpiTarget } from '../kpi.ts';
import { formatDuration, formatValue } from '../unit.ts';
import type { WeekStats } from './kpi-week.ts';
import type { ReportWeek } from './report-week.ts';
import { ALL_SERVICES, emptySection, type WeekRemark, type WeekSection } from './section.ts';

/** Requests that were answered, or, for what has no URL, whether its container ran. */
export const AVAILABILITY_METRICS = ['availability', 'running'] as const;

const SPAN_MS = 5 * 60_000;

/** How available a service was in a week, and what that leaves of what its target allows. Times in milliseconds. */
export interface Availability {
  readonly service: string;
  readonly source: (typeof AVAILABILITY_METRICS)[number];
  /** Share of what was measured, 0..1. */
  readonly share: number;
  readonly goal: number;
  readonly measuredMs: number;
  /** What the target allows over the whole week. */
  readonly allowedMs: number;
  readonly usedMs: number;
}

/** The availability of every service that has one, the most used budget first. */
export function availabilities(
  stats: readonly WeekStats[],
  week: Pick<ReportWeek, 'from' | 'to'>,
  services: readonly Pick<Service, 'name' | 'kpis'>[],
): readonly Availability[] {
  const names = [...new Set(stats.map(({ service }) => service))].sort();
  const found = names.flatMap((service) => {
    const own = AVAILABILITY_METRICS.flatMap((metric) =>
      stats.filter((one) => one.service === service && one.metric === metric && Number.isFinite(one.mean)),
    );
    const source = AVAILABILITY_METRICS.find((metric) => own.some((one) => one.metric === metric));
    // Of several targets the one that was away the longest.
    const [worst] = own.filter(({ metric }) => metric === source).toSorted((a, b) => a.mean - b.mean);
    if (worst === undefined || source === undefined) return [];
    const goal = kpiTarget(services.find(({ name }) => name === service)?.kpis ?? {}, 'availability');
    const share = Math.min(1, Math.max(0, worst.mean));
    const measuredMs = Math.min(worst.points * SPAN_MS, week.to - week.from);
    return [
      {
        service,
        source,
        share,
        goal,
        measuredMs,
        allowedMs: (1 - goal) * (week.to - week.from),
        usedMs: (1 - share) * measuredMs,
      },
    ];
  });
  return found.toSorted((a, b) => usedShare(b) - usedShare(a) || a.share - b.share);
}

/** Part of the budget that is used up, 1 is all of it. A target of 100 % allows nothing. */
function usedShare({ usedMs, allowedMs }: Availability): number {
  if (usedMs <= 0) return 0;
  return allowedMs > 0 ? usedMs / allowedMs : Number.MAX_VALUE;
}

/** Availability and error budget: a table, a remark for each budget that is spent, and a picture of what is used. */
export function availabilitySection(found: readonly Availability[], week: ReportWeek): WeekSection {
  if (found.length === 0) {
    return emptySection(
      'availability',
      'No service has a URL or a container that was looked at in this week.',
      'name url or container of a service in services.yaml',
    );
  }
  return {
    remarks: found.flatMap(remark),
    tables: [
      {
        name: 'availability',
        title: 'Availability and error budget of the week',
        columns: ['Service', 'Available', 'Target', 'Away', 'Budget left', 'Measured'].map((title) => ({
          name: title.toLowerCase().replace(' ', '_'),
          title,
        })),
        rows: found.map((one) => [
          one.source === 'availability' ? one.service : `${one.service} (container)`,
          formatValue(one.share, 'ratio'),
          formatValue(one.goal, 'ratio'),
          duration(one.usedMs),
          leftText(one),
          `${Math.round((100 * one.measuredMs) / Math.max(1, week.to - week.from))} % of the week`,
        ]),
        probe: 'monitor',
        service: ALL_SERVICES,
      },
    ],
    charts: budgetChart(found),
    unavailable: [],
  };
}

function remark(one: Availability): readonly WeekRemark[] {
  if (one.usedMs <= one.allowedMs || usedShare(one) <= 1) return [];
  return [
    {
      text: `Error budget of ${one.service} is spent: away ${duration(one.usedMs)}, ${duration(one.allowedMs)} allowed (${formatValue(one.share, 'ratio')} available)`,
      kind: 'worse',
      severity: 'warning',
      weight: Math.min(50, 10 * usedShare(one)),
    },
  ];
}

function leftText(one: Availability): string {
  const left = one.allowedMs - one.usedMs;
  if (left < 0) return `none, ${duration(-left)} over`;
  return `${duration(left)} of ${duration(one.allowedMs)}`;
}

/** Half a second more or less is no matter in a week. */
function duration(ms: number): string {
  return ms < 500 ? '0 s' : formatDuration(Math.round(ms / 1000) * 1000);
}

function budgetChart(found: readonly Availability[]): readonly BarChart[] {
  const used = found.filter(({ allowedMs }) => allowedMs > 0);
  if (!used.some(({ usedMs }) => usedMs > 0)) return [];
  const spent = used.filter((one) => usedShare(one) > 1).length;
  return [
    {
      kind: 'bars',
      id: 'week-error-budget',
      title: `Error budget used in the week: ${spent === 0 ? 'none is spent' : `${spent} of ${used.length} spent`}`,
      alt: altText([
        'Share of the error budget of the week that is used.',
        ...used
          .slice(0, 10)
          .map((one) => `${plainText(one.service, 60)} ${formatValue(usedShare(one), 'ratio')}.`),
      ]),
      unit: 'ratio',
      bars: used.map((one) => ({ label: plainText(one.service, 60), value: usedShare(one) })),
      threshold: { value: 1, label: 'all of it' },
    },
  ];
}

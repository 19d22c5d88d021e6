import { stableId } from '../alert/fingerprint.ts';
import type { TimeChart } from '../chart.ts';
import { altText, chartId, plainText } from '../chart-plan/chart-words.ts';
import type { Point } from '../evidence.ts';
import type { Severity } from '../severity.ts';
import { formatValue } from '../unit.ts';
import { type Forecast, forecast, forecastText } from './forecast.ts';
import { ALL_SERVICES, emptySection, type WeekRemark, type WeekSection } from './section.ts';

const DAY_MS = 24 * 60 * 60_000;
/** From this many days on a limit is not yet worth a line in the message. */
const SOON_DAYS = 60;
const URGENT_DAYS = 14;
const MOST_CHARTS = 3;
/** A picture looks ahead as far as the limit, but at most this far. */
const FURTHEST_DRAWN = 90;

/** What can run out, by the metric that tells the used share of it. */
const RESOURCES: Readonly<Record<string, string>> = {
  disk_used_ratio: 'Disk',
  memory_ratio: 'Memory',
  memory_used_ratio: 'Memory',
  connections_ratio: 'Connections',
};

/** Metrics that a forecast is made of. */
export const CAPACITY_METRICS: readonly string[] = Object.keys(RESOURCES);

/** Daily medians of one used share, oldest first. */
export interface UsedShare {
  readonly target: string;
  readonly metric: string;
  /** The part of the target, for example a file system; empty: the whole target. */
  readonly label: string;
  readonly service: string;
  readonly daily: readonly Point[];
}

/** A used share with where it is going. */
export interface Capacity extends UsedShare {
  readonly resource: string;
  readonly forecast: Forecast;
}

/** When disk, memory and connections reach their limit: a table, a remark for what is near, and pictures of it. */
export function capacitySection(shares: readonly UsedShare[]): WeekSection {
  const all = capacities(shares);
  if (all.length === 0) {
    return emptySection('capacity', 'Nothing that can run out was measured: no disk, memory or connections.');
  }
  return {
    remarks: all.flatMap(remark),
    tables: [
      {
        name: 'capacity',
        title: 'When limits are reached (90 % interval)',
        columns: ['Service', 'What', 'Used', 'A day', 'Limit reached'].map((title) => ({
          name: title.toLowerCase().replace(' ', '_'),
          title,
        })),
        rows: all.map((one) => [
          one.service,
          plainText(one.resource, 80),
          usedText(one),
          one.forecast.kind === 'rising' ? `+${pointsText(one.forecast.perDay)}` : null,
          forecastText(one.forecast),
        ]),
        probe: 'monitor',
        service: ALL_SERVICES,
      },
    ],
    charts: all.flatMap((one) => forecastChart(one) ?? []).slice(0, MOST_CHARTS),
    unavailable: missingKinds(all),
  };
}

/** What can run out and when, the most urgent first. Pure. */
export function capacities(shares: readonly UsedShare[]): readonly Capacity[] {
  return withoutSums(shares)
    .map(
      (share): Capacity => ({
        ...share,
        resource: resourceOf(share),
        forecast: forecast(share.daily),
      }),
    )
    .toSorted((a, b) => urgency(b) - urgency(a) || a.service.localeCompare(b.service));
}

/** How bad a forecast is. */
export function capacitySeverity({ kind, ...rest }: Forecast): Severity {
  if (kind === 'full_now') return 'critical';
  const days = 'days' in rest && kind === 'rising' ? (rest.days ?? Infinity) : Infinity;
  if (days <= URGENT_DAYS) return 'critical';
  return days <= SOON_DAYS ? 'warning' : 'ok';
}

/** The fullest of the parts of a target says nothing where each part speaks for itself. */
function withoutSums(shares: readonly UsedShare[]): readonly UsedShare[] {
  const parted = new Set(
    shares.flatMap(({ target, metric, label }) => (label === '' ? [] : `${metric} ${target}`)),
  );
  return shares.filter(({ target, metric, label }) => label !== '' || !parted.has(`${metric} ${target}`));
}

/** `Disk /var`, `Memory (Redis)`: what tells the resources of one service from each other. */
function resourceOf({ metric, label, target }: UsedShare): string {
  const name = RESOURCES[metric] ?? metric;
  if (label !== '') return `${name} ${label}`;
  return metric === 'memory_ratio' && target.startsWith('redis:') ? `${name} (Redis maxmemory)` : name;
}

/** Days to the limit decide; what cannot be told comes last. */
function urgency({ forecast: one, daily }: Capacity): number {
  const level = daily[daily.length - 1]?.value ?? 0;
  if (one.kind === 'full_now') return 10_000;
  if (one.kind === 'rising' && one.days !== undefined) return 1000 - one.days;
  return one.kind === 'too_little_history' ? level : 100 * level;
}

function remark(one: Capacity): readonly WeekRemark[] {
  const { forecast: what, resource, service } = one;
  const name = `${plainText(resource, 80)} of ${service}`;
  if (what.kind === 'full_now')
    return [{ text: `${name} is used up`, kind: 'worse', severity: 'critical', weight: 99 }];
  if (what.kind !== 'rising' || what.days === undefined || what.days > SOON_DAYS) return [];
  return [
    {
      text: `${name} ${formatValue(what.level, 'ratio')} used, ${forecastText(what)}`,
      kind: 'worse',
      severity: capacitySeverity(what),
      weight: SOON_DAYS - what.days,
    },
  ];
}

function usedText({ daily }: Capacity): string | null {
  const last = daily[daily.length - 1];
  return last === undefined ? null : formatValue(last.value, 'ratio');
}

function pointsText(share: number): string {
  return `${Number((share * 100).toPrecision(2))} points`;
}

/** The measured days, and how it goes on: likely, at the fastest and at the slowest. */
function forecastChart(one: Capacity): TimeChart | undefined {
  const { forecast: what, daily, resource, service, metric, target, label } = one;
  const last = daily[daily.length - 1];
  if (what.kind !== 'rising' || what.days === undefined || last === undefined) return undefined;
  const ahead = Math.min(FURTHEST_DRAWN, Math.max(7, Math.ceil(what.latest ?? what.days * 1.5)));
  const course = (slope: number): readonly Point[] =>
    Array.from({ length: ahead + 1 }, (_, day) => ({
      at: last.at + day * DAY_MS,
      value: what.level + slope * day,
    })).filter(({ value }, day) => value <= 1 || day === 0);
  const name = `${plainText(resource, 60)} of ${plainText(service, 60)}`;
  return {
    kind: 'time',
    id: chartId('forecast', metric, target, ...(label === '' ? [] : [stableId('part', label).slice(0, 9)])),
    title: `${name}: ${forecastText(what)}`,
    alt: altText([
      `${name} used by day, last ${formatValue(last.value, 'ratio')},`,
      `rising by ${pointsText(what.perDay)} a day (90 % interval ${pointsText(what.slowest)} to ${pointsText(what.fastest)}):`,
      `${forecastText(what)}.`,
    ]),
    unit: 'ratio',
    lines: [
      { label: 'at the fastest', points: course(what.fastest) },
      { label: 'at the slowest', points: course(what.slowest) },
      { label: 'likely', points: course(what.perDay) },
      { label: 'measured', points: daily, emphasis: true },
    ].filter(({ points }) => points.length > 1),
    marks: [],
    threshold: { value: 1, label: 'limit' },
  };
}

function missingKinds(all: readonly Capacity[]): WeekSection['unavailable'] {
  return (
    [
      ['Disk', 'No disk of a host was measured.', undefined],
      [
        'Connections',
        'No connections of a database were measured.',
        'name postgres of a service in services.yaml',
      ],
    ] as const
  )
    .filter(([resource]) => !all.some(({ metric }) => RESOURCES[metric] === resource))
    .map(([, reason, mend]) => ({
      probe: 'capacity',
      service: ALL_SERVICES,
      target: '',
      reason,
      ...(mend !== undefined && { mend }),
    }));
}

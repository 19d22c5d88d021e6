import type { BarChart } from '../chart.ts';
import { altText, plainText } from '../chart-plan/chart-words.ts';
import type { Service } from '../inventory/service.ts';
import { kpiTarget } from '../kpi.ts';
import { changeSize, changeText } from '../monitor/change-size.ts';
import { topRows } from '../top-rows.ts';
import { formatValue } from '../unit.ts';
import { LEAST_POINTS, type WeekStats } from './kpi-week.ts';
import { ALL_SERVICES, emptySection, type WeekRemark, type WeekSection } from './section.ts';

/** What tells the time of a route, the best source first: the p95 of all requests, else that of perfbot's own. */
const SOURCES = [
  { metric: 'response_time_p95_ms', title: 'Prometheus, p95' },
  { metric: 'response_time_p50_ms', title: "perfbot's own requests" },
] as const;

/** Metrics of routes that the section is read from. */
export const ENDPOINT_METRICS: readonly string[] = SOURCES.map(({ metric }) => metric);

/** A route in this week and in the one before, milliseconds. */
interface EndpointWeek {
  readonly service: string;
  readonly route: string;
  readonly source: (typeof SOURCES)[number];
  readonly typical: number;
  /** Only 5 % of the week were slower. */
  readonly slow: number;
  readonly before: number | undefined;
  /** 1 is a change of a tenth, or the noise of the unit. */
  readonly size: number;
  readonly goal: number;
}

const MOST_ROWS = 15;
const MOST_BARS = 10;
const MOST_REMARKS = 3;

/** The slowest routes of the week, with the change to the last one. */
export function endpointSection(
  now: readonly WeekStats[],
  before: readonly WeekStats[],
  services: readonly Pick<Service, 'name' | 'kpis'>[],
): WeekSection {
  const routes = endpointWeeks(now, before, services);
  if (routes.length === 0) {
    return emptySection(
      'endpoints',
      'No route was timed in this week.',
      'name url and paths of a service in services.yaml, or let Prometheus scrape a histogram with a label route',
    );
  }
  return {
    remarks: routes.flatMap(remark).slice(0, MOST_REMARKS),
    tables: [
      {
        name: 'slow_endpoints',
        title: 'Slowest endpoints of the week',
        columns: ['Service', 'Route', 'Typical', 'Slow (p95)', 'Last week', 'Change', 'Measured by'].map(
          (title) => ({ name: title.toLowerCase().replace(/\W+/g, '_'), title }),
        ),
        ...topRows(routes, MOST_ROWS, (one) => [
          one.service,
          one.route,
          formatValue(one.typical, 'ms'),
          formatValue(one.slow, 'ms'),
          one.before === undefined ? null : formatValue(one.before, 'ms'),
          one.before === undefined ? 'too little history' : changeText(one.before, one.slow, 'ms'),
          one.source.title,
        ]),
        probe: 'monitor',
        service: ALL_SERVICES,
      },
    ],
    charts: slowChart(routes),
    unavailable: [],
  };
}

function endpointWeeks(
  now: readonly WeekStats[],
  before: readonly WeekStats[],
  services: readonly Pick<Service, 'name' | 'kpis'>[],
): readonly EndpointWeek[] {
  const names = [...new Set(now.map(({ service }) => service))];
  return names
    .flatMap((service) => {
      const own = now.filter((one) => one.service === service && Number.isFinite(one.p95));
      // One source speaks for a service: a route has another name in each.
      const source = SOURCES.find(({ metric }) => own.some((one) => one.metric === metric));
      if (source === undefined) return [];
      const goal = kpiTarget(services.find(({ name }) => name === service)?.kpis ?? {}, 'response_time_p95');
      return own
        .filter(({ metric }) => metric === source.metric)
        .map((one) => toEndpoint(one, before, { source, goal }));
    })
    .toSorted((a, b) => b.slow - a.slow || a.route.localeCompare(b.route));
}

function toEndpoint(
  one: WeekStats,
  before: readonly WeekStats[],
  { source, goal }: Pick<EndpointWeek, 'source' | 'goal'>,
): EndpointWeek {
  const { service, target, metric, label, median, p95 } = one;
  const earlier = before.find(
    (other) => other.target === target && other.metric === metric && other.label === label,
  );
  const comparable =
    earlier !== undefined &&
    Number.isFinite(earlier.p95) &&
    Math.min(one.points, earlier.points) >= LEAST_POINTS;
  return {
    service,
    route: label,
    source,
    typical: median,
    slow: p95,
    before: comparable ? earlier.p95 : undefined,
    size: comparable ? changeSize(earlier.p95, p95, 'ms') : 0,
    goal,
  };
}

/** What lies within its target and changed little is in the table. */
function remark({ service, route, slow, before, size, goal }: EndpointWeek): readonly WeekRemark[] {
  const missed = slow > goal;
  const name = `${plainText(route, 80)} of ${service} ${formatValue(slow, 'ms')}`;
  const wanted = missed ? `, target ${formatValue(goal, 'ms')}` : '';
  const weight = size;
  if (before === undefined || size < 2)
    return missed ? [{ text: `${name}${wanted}`, kind: 'off', severity: 'warning', weight: 1 }] : [];
  const text = `${name}, last week ${formatValue(before, 'ms')}${wanted}`;
  if (slow > before) return [{ text, kind: 'worse', severity: missed ? 'warning' : 'ok', weight }];
  return [{ text, kind: missed ? 'off' : 'better', severity: missed ? 'warning' : 'ok', weight }];
}

function slowChart(routes: readonly EndpointWeek[]): readonly BarChart[] {
  const shown = routes.slice(0, MOST_BARS);
  const [top] = shown;
  if (top === undefined || top.slow <= 0) return [];
  const labelOf = ({ service, route, before, slow }: EndpointWeek) =>
    `${plainText(service, 30)}: ${plainText(route, 60)}${before === undefined ? '' : ` (${changeText(before, slow, 'ms')})`}`;
  const goals = new Set(shown.map(({ goal }) => goal));
  return [
    {
      kind: 'bars',
      id: 'week-endpoints',
      title: `Slowest endpoints of the week (p95): ${plainText(top.route, 60)} ${formatValue(top.slow, 'ms')}`,
      alt: altText([
        'Response times of the slowest endpoints, only 5 % of the week were slower.',
        ...shown.map((one) => `${labelOf(one)} ${formatValue(one.slow, 'ms')}.`),
      ]),
      unit: 'ms',
      bars: shown.map((one) => ({ label: labelOf(one), value: one.slow, emphasis: one.slow > one.goal })),
      ...(goals.size === 1 && {
        threshold: { value: top.goal, label: `target ${formatValue(top.goal, 'ms')}` },
      }),
    },
  ];
}

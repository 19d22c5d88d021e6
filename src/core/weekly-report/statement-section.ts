import type { BarChart } from '../chart.ts';
import { altText, plainText } from '../chart-plan/chart-words.ts';
import { changeText } from '../monitor/change-size.ts';
import { HIDDEN, OTHERS } from '../monitor/statement-deltas.ts';
import type { Unavailable } from '../report.ts';
import { topRows } from '../top-rows.ts';
import { formatValue } from '../unit.ts';
import type { Span } from './report-week.ts';
import { ALL_SERVICES, emptySection, type WeekRemark, type WeekSection } from './section.ts';

/** What a statement did in a span; `hours` with counters, in which it was among the first. */
interface StatementSpan {
  readonly calls: number;
  readonly totalMs: number;
  readonly hours: number;
}

/** A statement of a database in this week and in the one before. `queryid` is OTHERS for all that are not told. */
export interface StatementWeek {
  readonly target: string;
  readonly service: string;
  readonly database: string;
  readonly queryid: string;
  /** Without values; undefined: nobody may see it. */
  readonly query: string | undefined;
  readonly firstSeenAt: number;
  readonly rows: number;
  readonly now: StatementSpan;
  readonly before: StatementSpan;
}

interface Ranked extends StatementWeek {
  /** Of the time of its database, 0..1. */
  readonly share: number;
  readonly shareBefore: number;
  readonly isNew: boolean;
  /** Time an hour, this week to last week; undefined: cannot be compared. */
  readonly growth: number | undefined;
}

const MOST_ROWS = 15;
const MOST_BARS = 8;
const MOST_REMARKS = 3;
/** What takes less of its database than this is not worth a line in the message. */
const SHARE_WORTH_A_LINE = 0.1;
const MUCH_MORE = 1.5;
/** A day in each week is the least that can be compared. */
const LEAST_HOURS = 24;

/** Where the time of the databases went: the statements with the most of it, what changed, what is new. */
export function statementSection(found: readonly StatementWeek[], week: Span): WeekSection {
  const ranked = rank(found, week);
  if (ranked.length === 0) {
    return emptySection(
      'statements',
      'No database was looked at with pg_stat_statements for an hour of this week.',
      'name postgres of a service in services.yaml, and CREATE EXTENSION pg_stat_statements there',
    );
  }
  return {
    remarks: ranked.flatMap(remark).slice(0, MOST_REMARKS),
    tables: [
      {
        name: 'slow_statements',
        title: 'Statements with the most time in the week',
        columns: [
          { name: 'service', title: 'Service' },
          { name: 'time', title: 'Time' },
          { name: 'share', title: 'Share' },
          { name: 'change', title: 'Change' },
          { name: 'mean', title: 'Mean' },
          { name: 'mean_before', title: 'last week' },
          { name: 'calls', title: 'Calls' },
          { name: 'rows_per_call', title: 'Rows per call' },
          { name: 'statement', title: 'Statement', format: 'sql' },
        ],
        ...topRows(ranked, MOST_ROWS, toRow),
        probe: 'monitor',
        service: ALL_SERVICES,
      },
    ],
    charts: timeChart(ranked),
    unavailable: hiddenStatements(ranked),
  };
}

function rank(found: readonly StatementWeek[], { from }: Span): readonly Ranked[] {
  const databases = new Map<string, StatementWeek[]>();
  for (const one of found) {
    const key = `${one.target} ${one.database}`;
    databases.set(key, [...(databases.get(key) ?? []), one]);
  }
  return [...databases.values()]
    .flatMap((members) => {
      const others = members.find(({ queryid }) => queryid === OTHERS);
      const watched = { now: others?.now.hours ?? 0, before: others?.before.hours ?? 0 };
      const comparable = watched.now >= LEAST_HOURS && watched.before >= LEAST_HOURS;
      const [total, totalBefore] = [sum(members, 'now'), sum(members, 'before')];
      return members
        .filter(({ queryid, now }) => queryid !== OTHERS && now.calls > 0)
        .map((one) => ({
          ...one,
          share: total > 0 ? one.now.totalMs / total : 0,
          shareBefore: totalBefore > 0 ? one.before.totalMs / totalBefore : 0,
          isNew: one.firstSeenAt >= from && (others?.firstSeenAt ?? from) < from,
          growth:
            comparable && one.before.totalMs > 0
              ? one.now.totalMs / watched.now / (one.before.totalMs / watched.before)
              : undefined,
        }));
    })
    .toSorted((a, b) => b.now.totalMs - a.now.totalMs);
}

function sum(members: readonly StatementWeek[], span: 'now' | 'before'): number {
  return members.reduce((total, one) => total + one[span].totalMs, 0);
}

function toRow(one: Ranked): readonly (string | null)[] {
  const { service, now, before, share, rows } = one;
  return [
    service,
    formatValue(now.totalMs, 'ms'),
    formatValue(share, 'ratio'),
    changeWords(one),
    formatValue(meanOf(now), 'ms'),
    before.calls > 0 ? formatValue(meanOf(before), 'ms') : null,
    formatValue(now.calls, 'count'),
    formatValue(rows / now.calls, 'count'),
    textOf(one),
  ];
}

function changeWords({ isNew, growth, before }: Ranked): string {
  if (isNew) return 'new';
  if (growth !== undefined) return changeText(1, growth, 'ms');
  return before.hours > 0 ? 'too little history' : 'not among the first last week';
}

function remark(one: Ranked): readonly WeekRemark[] {
  const { isNew, growth, share, shareBefore, now, before, service } = one;
  const name = plainText(textOf(one), 90);
  const mean = `mean ${formatValue(meanOf(now), 'ms')}`;
  const base = { severity: 'ok', weight: 10 * share } as const;
  if (isNew && share >= SHARE_WORTH_A_LINE) {
    const text = `New statement takes ${formatValue(share, 'ratio')} of the time of ${service}, ${mean}: ${name}`;
    return [{ ...base, kind: 'worse', text }];
  }
  if (growth === undefined) return [];
  const was = `mean ${formatValue(meanOf(before), 'ms')}`;
  const takes = `${formatValue(now.totalMs, 'ms')} of the time of ${service} (${changeText(1, growth, 'ms')}; ${mean}, last week ${was})`;
  if (growth >= MUCH_MORE && share >= SHARE_WORTH_A_LINE)
    return [{ ...base, kind: 'worse', text: `Statement takes ${takes}: ${name}` }];
  if (growth <= 1 / MUCH_MORE && shareBefore >= SHARE_WORTH_A_LINE)
    return [{ ...base, kind: 'better', text: `Statement takes only ${takes}: ${name}` }];
  return [];
}

function meanOf({ calls, totalMs }: StatementSpan): number {
  return calls > 0 ? totalMs / calls : 0;
}

function textOf({ query, queryid }: StatementWeek): string {
  if (queryid === HIDDEN) return 'statements that are hidden from the role of perfbot';
  return query ?? `statement ${queryid}`;
}

function timeChart(ranked: readonly Ranked[]): readonly BarChart[] {
  const shown = ranked.filter(({ now }) => now.totalMs > 0).slice(0, MOST_BARS);
  const [top] = shown;
  if (top === undefined) return [];
  const labelOf = (one: Ranked) =>
    `${plainText(one.service, 30)}: ${plainText(textOf(one), 80)} (${changeWords(one)})`;
  return [
    {
      kind: 'bars',
      id: 'week-statements',
      title: `Time of statements in the week: the first takes ${formatValue(top.share, 'ratio')} of ${plainText(top.service, 60)}`,
      alt: altText([
        'Time that statements took in the week.',
        ...shown.map((one) => `${labelOf(one)} ${formatValue(one.now.totalMs, 'ms')}.`),
      ]),
      unit: 'ms',
      bars: shown.map((one) => ({
        label: labelOf(one),
        value: one.now.totalMs,
        emphasis: one.isNew || (one.growth ?? 0) >= MUCH_MORE,
      })),
    },
  ];
}

function hiddenStatements(ranked: readonly Ranked[]): readonly Unavailable[] {
  return ranked
    .filter(({ queryid }) => queryid === HIDDEN)
    .map(({ target, service }) => ({
      probe: 'statements',
      service,
      target,
      reason: 'The role of perfbot may not see the statements of other roles.',
      mend: 'GRANT pg_monitor TO the role of perfbot;',
    }));
}

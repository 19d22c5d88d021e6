import type { BarChart } from '../chart.ts';
import { altText, plainText } from '../chart-plan/chart-words.ts';
import { changeText } from '../monitor/change-size.ts';
import { HIDDEN } from '../monitor/statement-deltas.ts';
import type { Unavailable } from '../report.ts';
import { topRows } from '../top-rows.ts';
import { formatValue } from '../unit.ts';
import { meanOf, type RankedStatement, rankStatements, type StatementWeek } from './rank-statements.ts';
import type { Span } from './report-week.ts';
import { ALL_SERVICES, emptySection, type WeekRemark, type WeekSection } from './section.ts';

const MOST_ROWS = 15;
const MOST_BARS = 8;
const MOST_REMARKS = 3;
/** What takes less of its database than this is not worth a line in the message. */
const SHARE_WORTH_A_LINE = 0.1;
const MUCH_MORE = 1.5;

/** Where the time of the databases went: the statements with the most of it, what changed, what is new. */
export function statementSection(found: readonly StatementWeek[], week: Span): WeekSection {
  const ranked = rankStatements(found, week);
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

function toRow(one: RankedStatement): readonly (string | null)[] {
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

function changeWords({ isNew, growth, before }: RankedStatement): string {
  if (isNew) return 'new';
  if (growth !== undefined) return changeText(1, growth, 'ms');
  return before.hours > 0 ? 'too little history' : 'not among the first last week';
}

function remark(one: RankedStatement): readonly WeekRemark[] {
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

function textOf({ query, queryid }: StatementWeek): string {
  if (queryid === HIDDEN) return 'statements that are hidden from the role of perfbot';
  return query ?? `statement ${queryid}`;
}

function timeChart(ranked: readonly RankedStatement[]): readonly BarChart[] {
  const shown = ranked.filter(({ now }) => now.totalMs > 0).slice(0, MOST_BARS);
  const [top] = shown;
  if (top === undefined) return [];
  const labelOf = (one: RankedStatement) =>
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

function hiddenStatements(ranked: readonly RankedStatement[]): readonly Unavailable[] {
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

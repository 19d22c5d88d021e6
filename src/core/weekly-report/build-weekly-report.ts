import type { Table } from '../evidence.ts';
import type { ReportFocus } from '../report/report-focus.ts';
import type { Report } from '../report.ts';
import { compareSeverity, worst } from '../severity.ts';
import type { ReportWeek } from './report-week.ts';
import type { WeekRemark, WeekSection } from './section.ts';

/** Name of its run, and what "Run again" asks for. */
export const WEEKLY_REPORT = 'trends-week';

/** The report of a week from its sections, in their order. Pure; the charts still have to be drawn. */
export function buildWeeklyReport({
  runId,
  week,
  service,
  sections,
  comparable,
  focus,
  startedAt,
  finishedAt,
}: {
  readonly runId: string;
  readonly week: ReportWeek;
  /** Undefined: all services. */
  readonly service: string | undefined;
  readonly sections: readonly WeekSection[];
  /** False: there is nothing yet that the week can be compared with. */
  readonly comparable: boolean;
  /** The KPI that links show; undefined: none was measured. */
  readonly focus?: ReportFocus | undefined;
  readonly startedAt: number;
  readonly finishedAt: number;
}): Report {
  const remarks = sections.flatMap((section) => section.remarks).toSorted(byWeight);
  const tables = sections.flatMap((section) => section.tables);
  const unavailable = sections.flatMap((section) => section.unavailable);
  const [kpis] = tables.filter(({ name }) => name === 'kpis');
  return {
    runId,
    playbook: WEEKLY_REPORT,
    title: `Weekly report, ${week.title}${week.complete ? '' : ' so far'}`,
    service,
    overview: false,
    startedAt,
    durationMs: finishedAt - startedAt,
    span: { from: week.from, to: week.to },
    ...(focus && { focus }),
    severity: tables.length === 0 ? 'unknown' : worst(remarks.map(({ severity }) => severity)),
    verdict: verdictOf(remarks, { measured: kpis !== undefined, comparable }),
    numbers: [],
    services: [],
    causes: [],
    ruledOut: [],
    findings: [],
    unavailable,
    tables: tables.map((table) => ({ ...table, service: service ?? table.service })),
    charts: sections.flatMap(({ charts }) => charts),
    nextSteps: [],
    digest: {
      lines: remarks.map(({ kind, text }) => `${PREFIX[kind]}${text}`),
      ...(kpis && { table: forPhones(kpis) }),
    },
  };
}

/** The columns that fit next to each other on a phone. */
function forPhones({ columns, rows, name, title }: Table): Table {
  const kept = ['service', 'kpi', 'this_week', 'change'].map((wanted) =>
    columns.findIndex((column) => column.name === wanted),
  );
  const pick = <T>(of: readonly T[]) => kept.flatMap((index) => of[index] ?? []);
  return {
    name,
    title,
    columns: pick(columns),
    rows: rows.map((row) => kept.map((index) => row[index] ?? null)),
  };
}

const ORDER: readonly WeekRemark['kind'][] = ['worse', 'off', 'better'];
const PREFIX: Readonly<Record<WeekRemark['kind'], string>> = {
  worse: '',
  off: 'Still off: ',
  better: 'Better: ',
};

function byWeight(a: WeekRemark, b: WeekRemark): number {
  return (
    ORDER.indexOf(a.kind) - ORDER.indexOf(b.kind) ||
    compareSeverity(b.severity, a.severity) ||
    b.weight - a.weight
  );
}

/** The point first: how many things got worse, or that nothing did. */
function verdictOf(
  remarks: readonly WeekRemark[],
  { measured, comparable }: { readonly measured: boolean; readonly comparable: boolean },
): string {
  const [worse = 0, off = 0, better = 0] = ORDER.map(
    (wanted) => remarks.filter(({ kind }) => kind === wanted).length,
  );
  const counted = (count: number, one: string, many: string) => `${count} ${count === 1 ? one : many}`;
  const also = [
    ...(off > 0 ? [counted(off, 'target is still missed', 'targets are still missed')] : []),
    ...(better > 0 ? [counted(better, 'thing got better', 'things got better')] : []),
  ];
  if (worse > 0)
    return [counted(worse, 'thing got worse this week', 'things got worse this week'), ...also].join('; ');
  if (!measured) return 'Nothing was measured in this week and in the one before';
  if (!comparable) return ['There is no week before to compare with yet', ...also].join('; ');
  return [also.length > 0 ? 'Nothing got worse this week' : 'Nothing changed much this week', ...also].join(
    '; ',
  );
}

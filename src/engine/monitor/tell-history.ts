import type { ChartSpec } from '../../core/chart.ts';
import type { Table } from '../../core/evidence.ts';
import type { Report } from '../../core/report.ts';
import { type TellReportOptions, tellReport } from './tell-report.ts';

/** What is told of the measured history, before its pictures are drawn. */
export interface HistoryAnswer {
  /** Name of the run, and what "Run again" asks for: `trends-7d`. */
  readonly name: string;
  readonly title: string;
  readonly service: string | undefined;
  readonly verdict: string;
  readonly table: Table;
  readonly charts: readonly ChartSpec[];
  readonly span: NonNullable<Report['span']>;
  readonly focus: Report['focus'] | undefined;
}

/** Who asked where; `id` makes the same request twice one answer. */
export interface HistoryRequest {
  readonly id: string;
  readonly userId: string;
  readonly channel: string;
}

/** Tells an answer as a message with its table and pictures in the thread, kept like any other run. */
export async function tellHistory(
  options: TellReportOptions,
  answer: HistoryAnswer,
  { id, userId, channel }: HistoryRequest,
): Promise<void> {
  await tellReport(options, toReport(id, answer, options.now()), {
    channel,
    trigger: { kind: 'command', userId, channel },
  });
}

/** The answer as a report that began at a time. */
export function toReport(
  runId: string,
  { name, title, service, verdict, table, charts, span, focus }: HistoryAnswer,
  startedAt: number,
): Report {
  return {
    runId,
    playbook: name,
    title,
    service,
    overview: false,
    startedAt,
    durationMs: 0,
    span,
    ...(focus && { focus }),
    severity: 'ok',
    verdict,
    numbers: [],
    services: [],
    causes: [],
    ruledOut: [],
    findings: [],
    unavailable: [],
    tables:
      table.rows.length === 0 ? [] : [{ ...table, probe: 'monitor', service: service ?? 'all services' }],
    charts,
    nextSteps: [],
  };
}

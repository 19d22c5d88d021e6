import { stableId } from '../../core/alert/fingerprint.ts';
import type { Service } from '../../core/inventory/service.ts';
import { historyChart } from '../../core/monitor/history-chart.ts';
import {
  judgeRecovery,
  type KpiCourse,
  RECOVERY_METRICS,
  type Recovery,
} from '../../core/monitor/recovery.ts';
import { createWeekSlot } from '../../core/monitor/week-slot.ts';
import type { Report } from '../../core/report.ts';
import { cardKey } from '../../core/run.ts';
import { type TellReportOptions, tellReport } from '../monitor/tell-report.ts';
import type { MetricSeries } from '../ports/baseline-store.ts';
import type { AlertGroup } from '../ports/group-store.ts';
import type { Inventory } from '../ports/inventory.ts';

const MINUTE_MS = 60_000;
/** Values from before and after the trouble, to compare with. */
const BEFORE_MS = 40 * MINUTE_MS;
const AFTER_MS = 2 * MINUTE_MS;
/** A service that is measured too seldom to say anything by then gets no comparison. */
const WITHIN_MS = 30 * MINUTE_MS;
/** Of a longer alert only its last part is looked at. */
const LONGEST_MS = 12 * 60 * MINUTE_MS;
const BATCH = 100;
/** The next look takes the rest: pictures take time. */
const MOST_AT_ONCE = 5;
const MOST_CHARTS = 2;

export interface TellRecoveriesOptions extends TellReportOptions {
  readonly inventory: Inventory;
  /** IANA zone of the hours of the week. */
  readonly timezone: string;
}

/**
 * Two minutes after an alert is resolved, tells in its thread whether its service is as it was, with a picture from
 * before until after. Only with values of the monitor; once for each end, by whichever worker. Harmless at any time.
 */
export function tellRecoveries(options: TellRecoveriesOptions): () => Promise<void> {
  const { database, inventory, now, log } = options;
  return async () => {
    const at = now();
    const span = { from: at - WITHIN_MS, to: at - AFTER_MS };
    const groups = await database.groups.resolvedBetween({ ...span, limit: BATCH });
    if (groups.length === 0) return;
    const [services, series] = [await inventory.services(), await database.baselines.series()];
    let told = 0;
    for (const group of groups) {
      const service = services.find(({ name }) => name === group.service);
      if (service === undefined || told === MOST_AT_ONCE) continue;
      // One that cannot be told keeps no other from its turn.
      const isTold = await tellRecovery(options, { group, service, series }).catch((error: unknown) => {
        log.warn({ err: error, groupId: group.id }, 'the end of an alert was not compared');
        return false;
      });
      if (isTold) told += 1;
    }
  };
}

interface Subject {
  readonly group: AlertGroup;
  readonly service: Service;
  readonly series: readonly MetricSeries[];
}

/** Answers whether it was told. */
async function tellRecovery(options: TellRecoveriesOptions, subject: Subject): Promise<boolean> {
  const { database, now } = options;
  const { group, service } = subject;
  const runId = stableId('recovery', group.id, String(group.reopened));
  if (group.resolvedAt === undefined || (await database.runs.exists(runId))) return false;
  if (await firesElsewhere(options, group)) return false;
  const run = group.lastRunId === undefined ? undefined : await database.runs.get(group.lastRunId);
  const span = { from: Math.max(group.startedAt - BEFORE_MS, now() - LONGEST_MS), to: now() };
  const recovery = judgeRecovery({
    service: service.name,
    courses: await coursesOf(options, subject, span),
    kpis: service.kpis,
    focus: run?.report?.focus?.kpi,
    startedAt: group.startedAt,
    resolvedAt: group.resolvedAt,
  });
  if (recovery === undefined) return false;
  const report = toReport({ runId, group, recovery, span }, await chartsOf(options, subject, recovery));
  return tellReport(options, report, {
    channel: group.channel,
    trigger: { kind: 'alert', groupId: group.id },
    threadOf: cardKey({ kind: 'group', groupId: group.id }),
  });
}

/** An episode that was closed because a newer one began is not over. */
async function firesElsewhere({ database }: TellRecoveriesOptions, group: AlertGroup): Promise<boolean> {
  const firing = await database.groups.recent({
    state: 'firing',
    ...(group.service !== undefined && { service: group.service }),
    limit: BATCH,
  });
  return firing.some(({ identity }) => identity === group.identity);
}

async function coursesOf(
  { database }: TellRecoveriesOptions,
  { service, series }: Subject,
  span: { readonly from: number; readonly to: number },
): Promise<readonly KpiCourse[]> {
  const own = series.filter((one) => one.service === service.name && RECOVERY_METRICS.has(one.metric));
  const found = await database.samples.history({
    targets: [...new Set(own.map(({ target }) => target))],
    metrics: [...new Set(own.map(({ metric }) => metric))],
    ...span,
  });
  return found.flatMap(({ target, metric, points }) => {
    const known = own.find((one) => one.target === target && one.metric === metric);
    return known === undefined ? [] : [{ target, metric, unit: known.unit, points }];
  });
}

async function chartsOf(
  { database, timezone }: TellRecoveriesOptions,
  { group, service, series }: Subject,
  { shown }: Recovery,
) {
  const slotOf = createWeekSlot(timezone);
  const charts = await Promise.all(
    shown.slice(0, MOST_CHARTS).map(async ({ target, metric, unit, points, kpi, title }) => {
      const known = series.find((one) => one.target === target && one.metric === metric);
      return historyChart({
        target,
        metric,
        service: service.name,
        unit,
        points,
        usual: { values: known ? await database.baselines.usualOf(known.id) : [], slotOf },
        kpis: service.kpis,
        kpi,
        marks: [
          { at: group.startedAt, label: 'alert began', kind: 'onset' },
          { at: group.resolvedAt ?? group.startedAt, label: 'resolved', kind: 'resolved' },
        ],
        title: `${title} of ${service.name}, before and after`,
      });
    }),
  );
  return charts.filter((chart) => chart !== undefined);
}

function toReport(
  {
    runId,
    group,
    recovery,
    span,
  }: {
    readonly runId: string;
    readonly group: AlertGroup;
    readonly recovery: Recovery;
    readonly span: NonNullable<Report['span']>;
  },
  charts: Report['charts'],
): Report {
  return {
    runId,
    playbook: group.playbook ?? 'status',
    title: 'After the alert',
    service: group.service,
    overview: false,
    startedAt: span.to,
    durationMs: 0,
    span,
    severity: recovery.severity,
    verdict: recovery.verdict,
    digest: { lines: recovery.lines },
    numbers: [],
    services: [],
    causes: [],
    ruledOut: [],
    findings: [],
    unavailable: [],
    tables: [],
    charts,
    nextSteps: [],
  };
}

import type { ChartSpec } from '../../core/chart.ts';
import type { ChartHistory, ChartPlanInput } from '../../core/chart-plan/chart-plan-input.ts';
import { KPI_METRICS, OWN_REQUESTS } from '../../core/checks/kpi-metrics.ts';
import type { DiagnosisRule } from '../../core/diagnosis/rule.ts';
import type { Evidence } from '../../core/evidence.ts';
import type { Service } from '../../core/inventory/service.ts';
import { type TargetChange, withoutEchoes } from '../../core/monitor/target-change.ts';
import { createWeekSlot } from '../../core/monitor/week-slot.ts';
import type { Playbook } from '../../core/playbook/playbook.ts';
import { buildReport } from '../../core/report/build-report.ts';
import { judgeRun } from '../../core/report/judge-run.ts';
import type { Report } from '../../core/report.ts';
import type { BaselineStore } from '../ports/baseline-store.ts';
import type { ChangeStore } from '../ports/change-store.ts';
import type { Clock, Logger } from '../ports/runtime.ts';
import type { SampleStore } from '../ports/sample-store.ts';

const HISTORY_MS = 60 * 60_000;

export interface ReportMakerOptions {
  readonly rules: readonly DiagnosisRule[];
  readonly planCharts: (input: ChartPlanInput) => readonly ChartSpec[];
  /** Absent: no history. */
  readonly samples?: SampleStore;
  /** Absent: nobody knows what changed. */
  readonly changes?: Pick<ChangeStore, 'between'>;
  /** Absent: nothing is "usual" yet. */
  readonly baselines?: Pick<BaselineStore, 'usual'>;
  /** IANA zone of the hours of the week. Default UTC. */
  readonly timezone?: string;
  readonly now: Clock;
  readonly log: Logger;
}

export interface MakeReportInput {
  readonly runId: string;
  readonly playbook: Playbook;
  readonly subject: Service | undefined;
  readonly services: readonly Service[];
  readonly evidence: readonly Evidence[];
  readonly startedAt: number;
  /** When the alert says that it began. */
  readonly onsetAt?: number;
}

export type MakeReport = (input: MakeReportInput) => Promise<Report>;

/**
 * From evidence to a report: usual values and history, findings, causes, charts. What was measured is told even when
 * history or charts are not to be had.
 */
export function createReportMaker(options: ReportMakerOptions): MakeReport {
  const { rules, planCharts, samples, now, log } = options;
  return async (input) => {
    const { playbook, subject, evidence } = input;
    const services = lookedAt(input);
    const at = now();
    const without = (what: string) => (error: unknown) => {
      log.error({ err: error, runId: input.runId }, `report without ${what}`);
      return undefined;
    };
    const usualRange =
      (await usualValues(options, evidence, at).catch(without('usual values'))) ?? (() => undefined);
    const usual = (target: string, metric: string) => usualRange(target, metric)?.median;
    const history = (await historyOf(samples, evidence, at).catch(without('history'))) ?? [];
    const changes = (await changesOf(options, services, at).catch(without('changes'))) ?? [];
    const judged = judgeRun({
      playbook,
      subject,
      services,
      inventory: input.services,
      evidence,
      rules,
      usual,
    });
    const plan = () =>
      planCharts({
        overview: playbook.overview,
        subject,
        evidence,
        findings: judged.findings,
        causes: judged.diagnosis.causes,
        services,
        history,
        ...(input.onsetAt !== undefined && { onsetAt: input.onsetAt }),
        changes: changes.map(({ service, at: changedAt, what }) => ({
          at: changedAt,
          label: `${service} ${what}`,
        })),
        now: at,
        usual,
        usualRange,
      });
    const charts = attempt(plan, without('charts')) ?? [];
    return buildReport({ ...input, ...judged, services, changes, charts, finishedAt: at });
  };
}

/** An overview is about every service; another run about those that it has evidence of, and its subject. */
function lookedAt({ playbook, subject, services, evidence }: MakeReportInput): readonly Service[] {
  if (playbook.overview) return subject ? [subject] : services;
  const seen = new Set(evidence.filter(isAbout).map(({ service }) => service));
  return services.filter((service) => service === subject || seen.has(service.name));
}

/** An nginx that turned out not to be in front of the subject is none of those that the run is about. */
function isAbout(evidence: Evidence): boolean {
  return evidence.status !== 'collected' || evidence.facts?.in_front !== 'no';
}

function attempt<T>(work: () => T, failed: (error: unknown) => undefined): T | undefined {
  try {
    return work();
  } catch (error) {
    return failed(error);
  }
}

/** What changed at the services lately, oldest first. */
async function changesOf(
  { changes }: Pick<ReportMakerOptions, 'changes'>,
  services: readonly Service[],
  at: number,
): Promise<readonly TargetChange[]> {
  const names = services.map(({ name }) => name);
  const known = await changes?.between({ from: at - HISTORY_MS, to: at, services: names });
  return withoutEchoes(known ?? []);
}

/** The usual value of each metric in this hour of the week, or in all hours where that has not enough history. */
async function usualValues(
  { baselines, timezone = 'UTC' }: Pick<ReportMakerOptions, 'baselines' | 'timezone'>,
  evidence: readonly Evidence[],
  at: number,
) {
  const targets = [...new Set(evidence.map(({ target }) => target))];
  const known = (await baselines?.usual({ targets, slot: createWeekSlot(timezone)(at) })) ?? [];
  const byMetric = new Map(known.map((one) => [`${one.target} ${one.metric}`, one]));
  return (target: string, metric: string) => byMetric.get(`${target} ${metric}`);
}

/** What pictures may show from before the run. */
const CHARTED: readonly { readonly probe: string; readonly metric: string }[] = [
  ...KPI_METRICS,
  OWN_REQUESTS,
];

async function historyOf(
  samples: SampleStore | undefined,
  evidence: readonly Evidence[],
  at: number,
): Promise<readonly ChartHistory[]> {
  if (samples === undefined) return [];
  const wanted = evidence.flatMap((item) => {
    if (item.status !== 'collected') return [];
    const metrics = CHARTED.filter(({ probe }) => probe === item.probe).map(({ metric }) => metric);
    return item.metrics
      .filter(({ name }) => metrics.includes(name))
      .map(({ name, unit }) => ({ item, metric: name, unit }));
  });
  const found = await samples.history({
    targets: [...new Set(wanted.map(({ item }) => item.target))],
    metrics: [...new Set(wanted.map(({ metric }) => metric))],
    from: at - HISTORY_MS,
    to: at,
  });
  const points = new Map(found.map((series) => [`${series.target} ${series.metric}`, series.points]));
  return wanted.flatMap(({ item, metric, unit }) => {
    const known = points.get(`${item.target} ${metric}`);
    return known === undefined
      ? []
      : [{ service: item.service, target: item.target, metric, unit, points: known }];
  });
}

import type { ChartSpec } from '../chart.ts';
import { FLAME_TABLE, isProfile } from '../chart-plan/flame-chart.ts';
import type { Advice, Cause } from '../diagnosis/cause.ts';
import type { Evidence } from '../evidence.ts';
import type { Service } from '../inventory/service.ts';
import type { TargetChange } from '../monitor/target-change.ts';
import type { Playbook } from '../playbook/playbook.ts';
import type { EvidenceTable, Report, Unavailable } from '../report.ts';
import { type Severity, worst } from '../severity.ts';
import { formatDuration } from '../unit.ts';
import type { Judged } from './judge-run.ts';
import { lookedAt } from './looked-at.ts';
import { playbookSteps } from './playbook-steps.ts';
import { reportFocus } from './report-focus.ts';
import { keyNumbers, serviceLines, slowMedian } from './service-lines.ts';
import { overviewVerdict, verdictOf } from './verdict.ts';

const MOST_NEXT_STEPS = 3;
/** A change further back is history. */
const RELATED_MS = 30 * 60_000;

export interface ReportInput extends Judged {
  readonly runId: string;
  readonly playbook: Playbook;
  readonly subject: Service | undefined;
  /** The services that were looked at. */
  readonly services: readonly Service[];
  readonly evidence: readonly Evidence[];
  readonly charts: readonly ChartSpec[];
  /** What changed at the services lately, oldest first. */
  readonly changes?: readonly TargetChange[];
  /** When the alert says that it began. */
  readonly onsetAt?: number;
  readonly startedAt: number;
  readonly finishedAt: number;
}

/** Puts the channel-free result of a run together. Pure. */
export function buildReport(input: ReportInput): Report {
  const { playbook, subject, services, evidence, findings, diagnosis } = input;
  const lines = serviceLines({ services, evidence, findings, causes: diagnosis.causes });
  const unavailable = unavailableOf(evidence, services);
  const severity = severityOf(input);
  const measured = evidence.filter(({ status }) => status === 'collected').length;
  return {
    runId: input.runId,
    playbook: playbook.name,
    title: playbook.title,
    service: subject?.name,
    overview: playbook.overview,
    startedAt: input.startedAt,
    durationMs: input.finishedAt - input.startedAt,
    severity,
    verdict: playbook.overview
      ? overviewVerdict(lines)
      : verdictOf({ severity, diagnosis, findings, unavailable, measured }),
    numbers: [
      ...(subject ? slowMedian({ findings, evidence }, subject) : []),
      ...keyNumbers(
        subject ? findings.filter(({ service }) => service === subject.name) : findings,
        services,
      ),
    ],
    services: lines,
    causes: diagnosis.causes,
    ruledOut: diagnosis.ruledOut,
    findings,
    unavailable,
    lookedAt: lookedAt(evidence),
    tables: tablesOf(evidence, diagnosis.causes),
    charts: input.charts,
    nextSteps: nextSteps(input, severity),
    ...lastChange(input),
    ...profiled(input),
    focus: reportFocus(findings, evidence, subject?.name),
  };
}

/** The last change of the half hour before the alert began, or before the run. */
function lastChange({ changes = [], onsetAt, startedAt, playbook }: ReportInput): Pick<Report, 'changed'> {
  if (playbook.overview) return {};
  const at = onsetAt ?? startedAt;
  const last = changes.findLast((change) => change.at <= at && at - change.at <= RELATED_MS);
  if (last === undefined) return {};
  const how = /^(restarted|replaced|reconfigured)/.test(last.what) ? 'was ' : ': ';
  const separator = how === 'was ' ? ' ' : '';
  return {
    changed: `${last.service}${separator}${how}${last.what}, ${formatDuration(at - last.at)} before${onsetAt === undefined ? '' : ' it began'}`,
  };
}

/** A named cause is at least a warning, whatever the thresholds say. */
function severityOf({ findings, diagnosis, evidence }: ReportInput): Severity {
  const judged = findings.map(({ severity }) => severity);
  if (diagnosis.causes.length > 0) judged.push('warning');
  if (!evidence.some(({ status }) => status === 'collected')) judged.push('unknown');
  return worst(judged);
}

/** Whoever profiles a program that does well wants to know where its time goes. A cause says it better. */
function profiled({ charts, diagnosis, evidence }: ReportInput): Pick<Report, 'digest'> {
  const lines = charts.filter(({ kind }) => kind === 'flame').map(({ title }) => title);
  return diagnosis.causes.length > 0 || lines.length === 0 || !isProfile(evidence)
    ? {}
    : { digest: { lines } };
}

function unavailableOf(evidence: readonly Evidence[], services: readonly Service[]): readonly Unavailable[] {
  const fromProbes = evidence.flatMap((item): readonly Unavailable[] => {
    const where = { probe: item.probe, service: item.service, target: item.target };
    if (item.status === 'unavailable') {
      return [{ ...where, reason: item.message, ...(item.mend !== undefined && { mend: item.mend }) }];
    }
    return (item.gaps ?? []).map(({ what, reason, mend }) => ({
      ...where,
      reason: `${what}: ${reason}`,
      ...(mend !== undefined && { mend }),
    }));
  });
  const fromInventory = services.flatMap(({ name, gaps }) =>
    gaps.map(({ what, mend }) => ({ probe: 'inventory', service: name, target: name, reason: what, mend })),
  );
  return [...fromProbes, ...fromInventory];
}

/** The tables that prove the best cause come first, then those that prove the next ones, then the others of their services. */
function tablesOf(evidence: readonly Evidence[], causes: readonly Cause[]): readonly EvidenceTable[] {
  const rank = ({ probe, service }: EvidenceTable) => {
    const proves = causes.findIndex((cause) => cause.evidence.some((line) => line.probe === probe));
    const isThere = causes.findIndex((cause) => cause.service === service);
    if (proves >= 0) return isThere >= 0 ? proves : causes.length + proves;
    return isThere >= 0 ? 2 * causes.length + isThere : 3 * causes.length;
  };
  return evidence
    .flatMap((item) =>
      item.status === 'collected'
        ? (item.tables ?? [])
            .filter(({ name, rows }) => rows.length > 0 && name !== FLAME_TABLE)
            .map((table) => ({ ...table, probe: item.probe, service: item.service }))
        : [],
    )
    .sort((a, b) => rank(a) - rank(b));
}

/** What the causes call for; where they call for nothing, what the numbers of the run call for in general. */
function nextSteps(input: ReportInput, severity: Severity): readonly Advice[] {
  const fromCauses = input.diagnosis.causes.flatMap(({ advice }) => advice);
  const seen = new Set<string>();
  return (fromCauses.length > 0 ? fromCauses : playbookSteps({ ...input, severity }))
    .filter(({ title }) => !seen.has(title) && seen.add(title))
    .slice(0, MOST_NEXT_STEPS);
}

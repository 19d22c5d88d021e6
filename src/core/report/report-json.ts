import type { EvidenceLine } from '../diagnosis/cause.ts';
import type { Report } from '../report.ts';

/** The report as `perfbot run --json` prints it (contract, "Report as JSON"). `chartPaths` are the files that were written. */
export function toReportJson(
  report: Report,
  chartPaths: readonly string[],
): Readonly<Record<string, unknown>> {
  return {
    run_id: report.runId,
    playbook: report.playbook,
    service: report.service ?? null,
    started_at: new Date(report.startedAt).toISOString(),
    duration_ms: report.durationMs,
    severity: report.severity,
    verdict: report.verdict,
    causes: report.causes.map(({ id, title, service, summary, confidence, evidence, against, advice }) => ({
      id,
      title,
      service,
      summary,
      confidence,
      evidence: evidence.map(toLineJson),
      against: against.map(toLineJson),
      advice,
    })),
    ruled_out: report.ruledOut,
    findings: report.findings,
    services: report.services,
    unavailable: report.unavailable.map(({ probe, service, reason, mend }) => ({
      probe,
      service,
      reason,
      mend: mend ?? null,
    })),
    looked_at: (report.lookedAt ?? []).map(({ probe, service, target, cost, durationMs, collected }) => ({
      probe,
      service,
      target,
      cost: cost ?? null,
      duration_ms: durationMs,
      collected,
    })),
    charts: chartPaths,
  };
}

/** Absent numbers are null, so that every line has the same keys. */
function toLineJson({ probe, metric, value, unit, usual, threshold, text }: EvidenceLine) {
  return {
    probe,
    metric,
    value,
    unit: unit ?? null,
    usual: usual ?? null,
    threshold: threshold ?? null,
    text,
  };
}

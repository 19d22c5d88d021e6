import type { Diagnosis } from '../diagnosis/diagnose.ts';
import type { Finding } from '../finding.ts';
import type { ServiceLine, Unavailable } from '../report.ts';
import type { Severity } from '../severity.ts';

export interface VerdictInput {
  readonly severity: Severity;
  readonly diagnosis: Diagnosis;
  /** Worst first. */
  readonly findings: readonly Finding[];
  readonly unavailable: readonly Unavailable[];
  readonly measured: number;
}

/** The first line of a report: the best cause, what is off without a known cause, "cannot tell, because …", or that nothing is unusual. */
export function verdictOf({ severity, diagnosis, findings, unavailable, measured }: VerdictInput): string {
  const [best] = diagnosis.causes;
  if (best) return `Most likely (${Math.round(best.confidence * 100)} %): ${best.summary}`;
  if (measured === 0) return `Cannot tell, because nothing could be measured${because(unavailable)}.`;
  const bad = findings.filter((finding) => finding.severity === 'warning' || finding.severity === 'critical');
  if (bad[0]) {
    const more = bad.length > 1 ? ` (and ${bad.length - 1} more)` : '';
    return `${bad[0].text}${more}. Cannot tell why${undecidedReason(diagnosis)}.`;
  }
  if (severity === 'unknown')
    return `Nothing unusual in what was measured, but not everything could be${because(unavailable)}.`;
  return 'Nothing unusual: every number is within its target.';
}

/** The first line of an overview. */
export function overviewVerdict(lines: readonly ServiceLine[]): string {
  const bad = lines.filter(({ severity }) => severity === 'warning' || severity === 'critical');
  const unknown = lines.filter(({ severity }) => severity === 'unknown');
  const tail = unknown.length > 0 ? `, ${unknown.length} could not be measured` : '';
  if (lines.length === 0) return 'There is no service to look at yet.';
  if (bad.length > 0)
    return `${bad.length} of ${count(lines.length)} ${bad.length === 1 ? 'needs' : 'need'} attention: ${names(bad)}${tail}.`;
  const fine = lines.length - unknown.length;
  return fine === 0
    ? `Cannot tell: ${count(lines.length)} could not be measured.`
    : `${count(fine)} within target${tail}.`;
}

function count(services: number): string {
  return services === 1 ? '1 service' : `${services} services`;
}

function names(lines: readonly ServiceLine[]): string {
  const shown = lines.slice(0, 3).map(({ service }) => service);
  return lines.length > shown.length
    ? `${shown.join(', ')} and ${lines.length - shown.length} more`
    : shown.join(', ');
}

function because(unavailable: readonly Unavailable[]): string {
  const [first] = unavailable;
  return first ? ` (${first.probe} on ${first.service}: ${first.reason.replace(/\.$/, '')})` : '';
}

function undecidedReason({ undecided }: Diagnosis): string {
  const [first] = undecided;
  return first
    ? `, because ${first.reason.replace(/\.$/, '')}`
    : ': none of the known causes fits the numbers';
}

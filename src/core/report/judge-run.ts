import { runChecks } from '../checks/run-checks.ts';
import { type Diagnosis, diagnose } from '../diagnosis/diagnose.ts';
import type { DiagnosisRule } from '../diagnosis/rule.ts';
import type { Evidence } from '../evidence.ts';
import type { Finding } from '../finding.ts';
import type { Service } from '../inventory/service.ts';
import type { Playbook } from '../playbook/playbook.ts';

export interface JudgeInput {
  readonly playbook: Playbook;
  /** The service that was asked about; undefined: everything. */
  readonly subject: Service | undefined;
  /** Those that were looked at. */
  readonly services: readonly Service[];
  /** All that there are. */
  readonly inventory: readonly Service[];
  readonly evidence: readonly Evidence[];
  readonly rules: readonly DiagnosisRule[];
  usual(target: string, metric: string): number | undefined;
}

export interface Judged {
  readonly findings: readonly Finding[];
  readonly diagnosis: Diagnosis;
}

/** From evidence to findings and ranked causes. Pure. */
export function judgeRun(input: JudgeInput): Judged {
  const { playbook, subject, services, inventory, evidence, rules, usual } = input;
  return {
    findings: runChecks({ checks: playbook.checks, services, evidence, usual }),
    diagnosis: diagnose(rules, { subject, services, inventory, evidence, usual }, playbook.explains),
  };
}

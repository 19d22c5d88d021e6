import type { Facts } from '../../src/core/diagnosis/facts.ts';
import { PerfbotError } from '../../src/core/errors.ts';
import type { CollectedEvidence, Evidence } from '../../src/core/evidence.ts';
import type { Service } from '../../src/core/inventory/service.ts';
import type { TargetKind, TargetOf } from '../../src/core/inventory/target.ts';
import type { Probe } from '../../src/engine/ports/probe.ts';
import { silentLog } from '../support/silent-log.ts';

/** Runs a probe the way the engine does: what it throws becomes `unavailable` evidence. */
export async function observe<K extends TargetKind>(
  probe: Probe<K>,
  target: TargetOf<K>,
  params: Readonly<Record<string, unknown>> = {},
  now = Date.now,
): Promise<Evidence> {
  const source = {
    probe: probe.name,
    target: target.id,
    targetKind: target.kind,
    service: target.service,
    collectedAt: Date.now(),
    durationMs: 0,
  };
  try {
    const observation = await probe.collect({
      target,
      params: probe.params.parse(params),
      signal: new AbortController().signal,
      now,
      log: silentLog,
    });
    return { ...source, ...observation, status: 'collected' };
  } catch (error) {
    if (!(error instanceof PerfbotError)) throw error;
    return {
      ...source,
      status: 'unavailable',
      reason: error.reason,
      message: error.userMessage,
      ...(error.mend !== undefined && { mend: error.mend }),
    };
  }
}

/** Evidence that has to be there. */
export function collected(evidence: Evidence | undefined): CollectedEvidence {
  if (evidence?.status === 'collected') return evidence;
  throw new Error(`not collected: ${JSON.stringify(evidence)}`);
}

/** Facts for a diagnosis without any history. */
export function factsFrom(
  evidence: readonly Evidence[],
  services: readonly Service[] = [],
  subject?: Service,
): Facts {
  return { subject, services, evidence, usual: () => undefined };
}

/** A service with nothing but a name, a role and what it depends on. */
export function serviceNamed(
  name: string,
  role: Service['role'],
  dependsOn: readonly string[] = [],
): Service {
  return { name, role, source: 'configured', targets: [], dependsOn, kpis: {}, aliases: [], gaps: [] };
}

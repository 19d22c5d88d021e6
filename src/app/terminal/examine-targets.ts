import type { CollectedEvidence, Evidence } from '../../core/evidence.ts';
import type { Logger } from '../../engine/ports/runtime.ts';
import { collectEvidence } from '../../engine/runs/collect-evidence.ts';
import type { Targets } from '../targets.ts';
import type { Diagnosis } from './diagnosis.ts';

/** One light look at each kind of target shows whether it can be reached and what it refuses. */
const TRIALS: readonly string[] = [
  'docker.containers',
  'host.load',
  'http.timing',
  'jaeger.traces',
  'nginx.access',
  'nginx.status',
  'postgres.activity',
  'postgres.statements',
  'prometheus.query',
  'redis.info',
  'redis.slowlog',
];

/** Looks at every target once, and says what could not be reached or is refused. */
export async function examineTargets(
  { inventory, probes }: Targets,
  log: Logger,
): Promise<readonly Diagnosis[]> {
  const services = await inventory.services();
  const fromInventory = services.flatMap(({ name, gaps }) =>
    gaps.map(({ what, mend }): Diagnosis => ({ subject: name, state: 'warning', detail: what, mend })),
  );
  const signal = new AbortController().signal;
  const looks = services.flatMap(({ targets }) =>
    targets.flatMap((target) =>
      TRIALS.map((name) => probes.get(name))
        .filter((probe) => probe !== undefined && probe.targetKind === target.kind)
        .filter((probe) => probe?.mayLookAt?.(target, {}) ?? true)
        .map((probe) =>
          collectEvidence(
            probe,
            { probe: probe?.name ?? '', target, params: {}, timeoutMs: probe?.timeoutMs ?? 0 },
            { signal, now: Date.now, log },
          ),
        ),
    ),
  );
  return [...fromInventory, ...(await Promise.all(looks)).flatMap(toDiagnoses)];
}

/** What one trial look found. */
export function toDiagnoses(evidence: Evidence): readonly Diagnosis[] {
  const subject = `${evidence.probe} on ${evidence.service}`;
  if (evidence.status === 'unavailable') {
    return [
      {
        subject,
        state: 'failed',
        detail: evidence.message,
        ...(evidence.mend !== undefined && { mend: evidence.mend }),
      },
    ];
  }
  const gaps = (evidence.gaps ?? []).map(
    ({ what, reason, mend }): Diagnosis => ({
      subject,
      state: 'warning',
      detail: `${what}: ${reason}`,
      ...(mend !== undefined && { mend }),
    }),
  );
  const answered: Diagnosis = { subject, state: 'ok', detail: `answered in ${evidence.durationMs} ms` };
  return [answered, ...gaps, ...tooMuchRight(evidence, subject)];
}

/** PostgreSQL lets a superuser do anything, in a read-only transaction too: the role is what limits perfbot. */
function tooMuchRight({ facts }: CollectedEvidence, subject: string): readonly Diagnosis[] {
  if (facts?.superuser !== 'yes') return [];
  return [
    {
      subject,
      state: 'warning',
      detail: `the role ${facts.role} is a superuser; perfbot only reads, but the server would not stop it`,
      mend: "CREATE ROLE perfbot LOGIN PASSWORD '…'; GRANT pg_monitor TO perfbot; then name it in services.yaml",
    },
  ];
}

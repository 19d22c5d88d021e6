import type { Inventory } from '../ports/inventory.ts';
import type { Probe } from '../ports/probe.ts';
import type { Clock, Logger } from '../ports/runtime.ts';
import { collectEvidence } from '../runs/collect-evidence.ts';

const PROBE = 'docker.stats';
const PARAMS = { samples: 2, interval: '2s' };
const WITHIN_MS = 8000;

export interface ReadThrottling {
  readonly inventory: Inventory;
  readonly probes: ReadonlyMap<string, Probe>;
  readonly now: Clock;
  readonly log: Logger;
}

/** Largest share of scheduling periods in which a container of the service was held back; undefined when none can be seen. */
export async function throttledShare(
  { inventory, probes, now, log }: ReadThrottling,
  service: string,
  signal: AbortSignal,
): Promise<number | undefined> {
  const probe = probes.get(PROBE);
  const targets = (await inventory.services())
    .filter(({ name }) => name === service)
    .flatMap((known) => known.targets.filter(({ kind }) => kind === 'container'));
  const evidence = await Promise.all(
    targets.map((target) =>
      collectEvidence(
        probe,
        { probe: PROBE, target, params: PARAMS, timeoutMs: WITHIN_MS },
        { signal, now, log },
      ),
    ),
  );
  const shares = evidence.flatMap((item) =>
    item.status === 'collected'
      ? item.metrics.filter(({ name }) => name === 'throttled_ratio').map(({ value }) => value)
      : [],
  );
  return shares.length === 0 ? undefined : Math.max(...shares);
}

import type { Evidence } from '../../core/evidence.ts';
import type { MonitorStore } from '../ports/monitor-store.ts';
import type { Clock, Logger } from '../ports/runtime.ts';
import type { Look } from './plan-looks.ts';

/** A worker that dies keeps its targets from others for so long; one that lives renews its claim. */
export const LEASE_MS = 45_000;
const RENEW_EVERY_MS = LEASE_MS / 3;

interface KeepClaimedOptions {
  readonly monitor: Pick<MonitorStore, 'renew'>;
  readonly now: Clock;
  readonly log: Logger;
}

/** Looks that one round has taken. */
export interface Claimed {
  /** These were given back. */
  release(evidence: readonly Evidence[]): void;
  end(): Promise<void>;
}

/** Looks that wait for their turn stay those of this worker. At the end others may take what nobody looked at. */
export function keepClaimed({ monitor, now, log }: KeepClaimedOptions, looks: readonly Look[]): Claimed {
  const open = new Map(
    looks.map(({ call: { target, probe } }) => [`${target.id} ${probe}`, { target: target.id, probe }]),
  );
  const renew = async (until: number) => {
    if (open.size === 0) return;
    await monitor
      .renew([...open.values()], until)
      .catch((error: unknown) => log.warn({ err: error }, 'targets of a long round could not be kept'));
  };
  const timer = setInterval(() => void renew(now() + LEASE_MS), RENEW_EVERY_MS);
  return {
    release(evidence) {
      for (const { target, probe } of evidence) open.delete(`${target} ${probe}`);
    },
    async end() {
      clearInterval(timer);
      await renew(0);
    },
  };
}

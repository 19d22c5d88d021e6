import { z } from 'zod';
import { ProbeError } from '../../core/errors.ts';
import type { Gap, Metric } from '../../core/evidence.ts';
import { Milliseconds } from '../../core/quantity.ts';
import type { Probe } from '../../engine/ports/probe.ts';
import { createLastLooks } from '../last-looks.ts';
import { pause } from '../pause.ts';
import type { StubStatus } from './parse-status.ts';
import { readStatus } from './read-status.ts';

const Params = z.strictObject({
  window: Milliseconds.pipe(z.number().min(100).max(60_000))
    .default(3000)
    .describe('time between the two readings, for example 3s'),
});
export type NginxStatusParams = z.infer<typeof Params>;

/** Dropped connections are rare: they are counted since the last look, if that is not older. */
const LONGEST_LOOK_BACK_MS = 15 * 60_000;

interface Look {
  readonly at: number;
  readonly status: StubStatus;
}

/** Connections and requests of an nginx, as differences of `stub_status` over a window, without perfbot's own. */
export function nginxStatusProbe(): Probe<'nginx', NginxStatusParams> {
  const lastLooks = createLastLooks<Look>(LONGEST_LOOK_BACK_MS);
  return {
    name: 'nginx.status',
    title: 'Connections of nginx',
    targetKind: 'nginx',
    cost: 'light',
    timeoutMs: 12_000,
    params: Params,
    // Its counters know no upstream: they are of use where the nginx is known to be in front.
    mayLookAt: ({ status, upstream }) => status !== undefined && upstream?.declared !== false,
    async collect({ target, params, signal, now }) {
      const url = target.status;
      if (url === undefined) {
        throw new ProbeError('not_configured', `${target.id} has no status address`, {
          userMessage: 'services.yaml names no status page for this nginx.',
          mend: `add nginx: { status: /nginx_status } to ${target.service} in services.yaml`,
        });
      }
      const look = async (): Promise<Look> => ({ status: await readStatus(url, signal), at: now() });
      const before = await look();
      await pause(params.window, signal);
      const after = await look();
      const last = lastLooks.recent(target.id, after.at);
      lastLooks.keep(target.id, after);
      const isNew = isReset(before.status, after.status);
      return {
        metrics: [
          ...momentary(after.status),
          ...(isNew ? [] : [...rates(before, after), dropped(startOf(last, before), after)]),
        ],
        gaps: isNew ? [resetGap] : [],
        windowMs: after.at - before.at,
      };
    },
  };
}

const resetGap: Gap = {
  what: 'requests per second, dropped connections',
  reason: 'nginx was started again between the two readings',
};

function isReset(before: StubStatus, after: StubStatus): boolean {
  return after.accepts < before.accepts || after.requests < before.requests;
}

function startOf(last: Look | undefined, before: Look): Look {
  return last !== undefined && !isReset(last.status, before.status) ? last : before;
}

/** The connection that reads the page is active, and writing. */
function momentary({ active, reading, writing, waiting }: StubStatus): readonly Metric[] {
  return [
    { name: 'connections_active', value: Math.max(0, active - 1), unit: 'count' },
    { name: 'connections_reading', value: reading, unit: 'count' },
    { name: 'connections_writing', value: Math.max(0, writing - 1), unit: 'count' },
    { name: 'connections_waiting', value: waiting, unit: 'count' },
  ];
}

/** Between two readings lies one connection and one request of perfbot itself. */
function rates(before: Look, after: Look): readonly Metric[] {
  const seconds = Math.max(1, after.at - before.at) / 1000;
  const requests = Math.max(0, after.status.requests - before.status.requests - 1);
  const connections = Math.max(0, after.status.accepts - before.status.accepts - 1);
  return [
    { name: 'requests_per_second', value: requests / seconds, unit: 'per_second' },
    { name: 'accepted_per_second', value: connections / seconds, unit: 'per_second' },
    ...(connections > 0
      ? [{ name: 'requests_per_connection', value: requests / connections, unit: 'count' } as const]
      : []),
  ];
}

function dropped(start: Look, { status }: Look): Metric {
  const accepted = status.accepts - start.status.accepts;
  const handled = status.handled - start.status.handled;
  return { name: 'dropped_connections', value: Math.max(0, accepted - handled), unit: 'count' };
}

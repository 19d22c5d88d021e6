import { z } from 'zod';
import type { Metric, Table } from '../../core/evidence.ts';
import { topRows } from '../../core/top-rows.ts';

export const WaitingSession = z.object({
  pid: z.number(),
  application: z.string(),
  user: z.string(),
  /** Address of the client. */
  address: z.string(),
  state: z.string().nullable(),
  /** Class and name of the event it waits for; null while it computes. */
  class: z.string().nullable(),
  event: z.string().nullable(),
  /** Start of its transaction, or null outside of one. */
  transaction: z.string().nullable(),
  hidden: z.boolean(),
});
export type WaitingSession = z.infer<typeof WaitingSession>;

type Samples = readonly (readonly WaitingSession[])[];

/** Waits of the client within a transaction: the application computes, or its word is on the way. */
function waitsForClient({ state, event }: WaitingSession): boolean {
  return (state ?? '').startsWith('idle in transaction') && event === 'ClientRead';
}

/** Shares are of all looks at sessions that were at work or in a transaction; without any of those there are none. */
export function waitMetrics(samples: Samples): readonly Metric[] {
  const all = samples.flat();
  const active = all.filter(({ state }) => state === 'active');
  const forClient = all.filter(waitsForClient);
  const share = (name: string, matching: readonly WaitingSession[]): Metric => ({
    name,
    value: matching.length / all.length,
    unit: 'ratio',
  });
  const ofClass = (wanted: string) => active.filter((session) => session.class === wanted);
  return [
    { name: 'active_sessions_mean', value: active.length / Math.max(1, samples.length), unit: 'count' },
    ...(all.length === 0
      ? []
      : [
          share(
            'cpu_share',
            active.filter((session) => session.class === null),
          ),
          share('lock_share', ofClass('Lock')),
          share('io_share', ofClass('IO')),
          share('internal_lock_share', ofClass('LWLock')),
          share('client_read_in_transaction_share', forClient),
        ]),
    {
      name: 'transactions_waiting_for_client',
      value: new Set(forClient.map(({ pid, transaction }) => `${pid} ${transaction}`)).size,
      unit: 'count',
    },
  ];
}

/** What was waited for, and by whom, the most seen first. */
export function waitTables(samples: Samples, limit: number): readonly Table[] {
  const all = samples.flat();
  return [waitTable(all, samples.length, limit), applicationTable(all, samples.length, limit)];
}

function waitTable(all: readonly WaitingSession[], looks: number, limit: number): Table {
  const groups = grouped(all, ({ state, ...session }) => [
    session.class ?? (state === 'active' ? 'CPU' : 'none'),
    session.event ?? '',
    state ?? '',
  ]);
  return {
    name: 'waits',
    title: 'What sessions waited for',
    columns: [
      { name: 'class', title: 'Class' },
      { name: 'event', title: 'Event' },
      { name: 'state', title: 'State' },
      { name: 'share', title: 'Share', unit: 'ratio' },
      { name: 'sessions_mean', title: 'Sessions at a time', unit: 'count' },
    ],
    ...topRows(groups, limit, ({ key, members }) => [
      ...key,
      members.length / all.length,
      members.length / looks,
    ]),
  };
}

function applicationTable(all: readonly WaitingSession[], looks: number, limit: number): Table {
  const active = all.filter(({ state }) => state === 'active');
  const groups = grouped(active, ({ application, user, address }) => [application, user, address]);
  return {
    name: 'applications',
    title: 'Who kept the database at work',
    columns: [
      { name: 'application', title: 'Application' },
      { name: 'user', title: 'User' },
      { name: 'address', title: 'From' },
      { name: 'active_share', title: 'Share of the work', unit: 'ratio' },
      { name: 'active_mean', title: 'Sessions at work at a time', unit: 'count' },
      { name: 'sessions', title: 'Sessions', unit: 'count' },
    ],
    ...topRows(groups, limit, ({ key, members }) => [
      ...key,
      members.length / active.length,
      members.length / looks,
      new Set(members.map(({ pid }) => pid)).size,
    ]),
  };
}

interface Group {
  readonly key: readonly string[];
  readonly members: readonly WaitingSession[];
}

function grouped(
  sessions: readonly WaitingSession[],
  keyOf: (session: WaitingSession) => readonly string[],
): readonly Group[] {
  const groups = new Map<string, { key: readonly string[]; members: WaitingSession[] }>();
  for (const session of sessions) {
    const key = keyOf(session);
    const group = groups.get(key.join('\u0000'));
    if (group) group.members.push(session);
    else groups.set(key.join('\u0000'), { key, members: [session] });
  }
  return [...groups.values()].sort((a, b) => b.members.length - a.members.length);
}

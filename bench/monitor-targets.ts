import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as pause } from 'node:timers/promises';

/**
 * Services for `bench/monitor.ts`, in a process of their own, so that only perfbot's CPU counts there. Says its ports, and
 * at each message how requests came since the one before.
 */
const SERVICES = Number(process.argv[2]);
const ANSWER_AFTER_MS = 5;
const SECOND_MS = 1000;

let arrivals: number[] = [];
const open = new Map<Server, number>();
let mostAtOneTarget = 0;
const servers = Array.from({ length: SERVICES }, () => {
  const server = createServer(async (_, response) => {
    arrivals.push(Date.now());
    const now = (open.get(server) ?? 0) + 1;
    open.set(server, now);
    mostAtOneTarget = Math.max(mostAtOneTarget, now);
    await pause(ANSWER_AFTER_MS);
    open.set(server, (open.get(server) ?? 1) - 1);
    response.end('{"items":[]}');
  });
  return server;
});
await Promise.all(
  servers.map((server) => new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))),
);
process.send?.(servers.map((server) => (server.address() as AddressInfo).port));
process.on('message', () => {
  const seconds = new Map<number, number>();
  for (const at of arrivals)
    seconds.set(Math.floor(at / SECOND_MS), (seconds.get(Math.floor(at / SECOND_MS)) ?? 0) + 1);
  process.send?.({
    requests: arrivals.length,
    mostInASecond: Math.max(0, ...seconds.values()),
    mostAtOneTarget,
  });
  arrivals = [];
  mostAtOneTarget = 0;
});
process.on('disconnect', () => process.exit());

import { describe, expect, it } from 'vitest';
import { appAcceptQueueFullRule } from '../../../../src/core/diagnosis/rules/app-accept-queue-full.ts';
import { appConnectionChurnRule } from '../../../../src/core/diagnosis/rules/app-connection-churn.ts';
import { appFdExhaustionRule } from '../../../../src/core/diagnosis/rules/app-fd-exhaustion.ts';
import { depDownstreamSlowRule } from '../../../../src/core/diagnosis/rules/dep-downstream-slow.ts';
import { netBandwidthRule } from '../../../../src/core/diagnosis/rules/net-phases.ts';
import type { Cell, CollectedEvidence } from '../../../../src/core/evidence.ts';
import { factsOf, outcome, seen, serviceOf } from './evidence-of.ts';

type Numbers = Readonly<Record<string, number>>;
type Row = Readonly<Record<string, Cell>>;
type Case = readonly [what: string, evidence: readonly CollectedEvidence[], expected: string];

const QUIET = {
  open_files: 40,
  open_files_limit: 1024,
  open_files_ratio: 0.04,
  accept_queue: 0,
  listen_overflows: 0,
  connections_time_wait: 3,
  connections_close_wait: 0,
  connections_opened_per_second: 0.5,
  connections_accepted_per_second: 2,
};
const sockets = (metrics: Numbers, tables: Readonly<Record<string, readonly Row[]>> = {}) =>
  seen('docker.sockets', 'api', { ...QUIET, ...metrics }, { tables });
const unseen = seen('docker.sockets', 'api', {});
const stats = (metrics: Numbers) =>
  seen('docker.stats', 'api', { running: 1, cpu_ratio: 0.1, cpu_cores: 0.1, ...metrics });
const logged = (example: string) =>
  seen(
    'docker.logs',
    'api',
    {},
    { tables: { patterns: [{ pattern: example, level: 'error', count: 4, count_before: 0, example }] } },
  );
const told = (ratio: number) => seen('prometheus.query', 'api', { open_files_ratio: ratio });
const timed = (metrics: Numbers) => seen('http.timing', 'api', { response_time_p95_ms: 3400, ...metrics });
const peer = (address: string, numbers: Numbers, name: string | null = null): Row => ({
  peer: address,
  name,
  connections: 0,
  opened: 0,
  unanswered: 0,
  time_wait: 0,
  unread_bytes: 0,
  ...numbers,
});
const client = (address: string, numbers: Numbers): Row => ({ ...peer('', numbers), client: address });

describe('app.fd_exhaustion', () => {
  const full = { open_files: 64, open_files_limit: 64, open_files_ratio: 1 };
  it.each<Case>([
    ['few are open', [sockets({})], 'ruled out'],
    ['64 of 64', [sockets(full)], 'found 0.95'],
    ['nearly all', [sockets({ ...full, open_files: 59, open_files_ratio: 0.92 })], 'found 0.85'],
    ['80 % is no fault yet', [sockets({ open_files_ratio: 0.8 })], 'ruled out'],
    ['not measured, nothing in the log', [unseen, logged('timeout')], 'nothing'],
    ['not measured, but the log says so', [unseen, logged('accept EMFILE')], 'found 0.8'],
    ['only the log was read', [logged('Error: Too many open files')], 'found 0.8'],
    ['it was so, and is over', [sockets({}), logged('open ENFILE')], 'found 0.6'],
    ['Prometheus: few are open', [told(0.3)], 'ruled out'],
    ['Prometheus: nearly all', [unseen, told(0.93)], 'found 0.7'],
    ['Prometheus: all', [told(1)], 'found 0.8'],
    ['measured at the container counts more', [sockets({}), told(1)], 'ruled out'],
    ['the log has said it already', [logged('EMFILE'), told(1)], 'found 0.8'],
  ])('%s', (_, evidence, expected) => {
    expect(outcome(appFdExhaustionRule, factsOf(evidence))).toBe(expected);
  });

  it('tells a leak from a small limit', () => {
    const titles = (metrics: Numbers) =>
      appFdExhaustionRule
        .evaluate(factsOf([sockets({ ...full, ...metrics })]))
        .flatMap((verdict) =>
          verdict.kind === 'cause' ? verdict.cause.advice.map(({ title }) => title) : [],
        );
    expect(titles({ connections_close_wait: 40 })).toContain(
      'Close connections that the other side has closed',
    );
    expect(titles({ connections_close_wait: 2 })).not.toContain(
      'Close connections that the other side has closed',
    );
  });
});

describe('app.accept_queue_full', () => {
  const stopped = {
    processes: [
      { pid: '41', state: 'S' },
      { pid: '42', state: 'T' },
    ],
  };
  it.each<Case>([
    ['nothing waits', [sockets({})], 'ruled out'],
    ['a few wait', [sockets({ accept_queue: 4 })], 'ruled out'],
    ['512 wait', [sockets({ accept_queue: 512 })], 'found 0.6'],
    ['some found no room', [sockets({ accept_queue: 512, listen_overflows: 1164 })], 'found 0.85'],
    [
      'it has no CPU to accept',
      [sockets({ accept_queue: 512, listen_overflows: 9 }), stats({ cpu_ratio: 0.99 })],
      'found 0.65',
    ],
    ['its process is stopped', [sockets({ accept_queue: 2 }, stopped)], 'found 0.95'],
    ['a stopped process to which nobody comes', [sockets({}, stopped)], 'ruled out'],
    ['not measured', [unseen], 'nothing'],
  ])('%s', (_, evidence, expected) => {
    expect(outcome(appAcceptQueueFullRule, factsOf(evidence))).toBe(expected);
  });
});

describe('app.connection_churn', () => {
  const opens = { connections_opened_per_second: 60 };
  const gets = { connections_accepted_per_second: 200, connections_time_wait: 12_000 };
  it.each<Case>([
    ['few connections', [sockets({})], 'ruled out'],
    ['opens 60 a second', [sockets(opens, { peers: [peer('10.0.0.9:80', { opened: 60 })] })], 'found 0.38'],
    ['the other side keeps the closed ones', [sockets(opens)], 'found 0.38'],
    [
      'gets 200 a second from one proxy',
      [sockets(gets, { clients: [client('172.17.0.9', { time_wait: 12_000 })] })],
      'found 0.5',
    ],
    [
      'gets 200 a second from browsers, each from elsewhere',
      [
        sockets(gets, {
          clients: Array.from({ length: 20 }, (_, i) => client(`203.0.113.${i}`, { time_wait: 600 })),
        }),
      ],
      'ruled out',
    ],
    [
      'the ports run out',
      [
        sockets(
          { ...opens, connections_time_wait: 27_000 },
          { peers: [peer('10.0.0.9:80', { time_wait: 27_000 })] },
        ),
      ],
      'found 0.9',
    ],
    [
      'its log says that no port is left',
      [sockets(opens), logged('connect EADDRNOTAVAIL 10.0.0.9:80')],
      'found 0.9',
    ],
    ['3000 closed ones are left of a burst', [sockets({ connections_time_wait: 3000 })], 'found 0.38'],
    ['not measured', [unseen], 'nothing'],
  ])('%s', (_, evidence, expected) => {
    expect(outcome(appConnectionChurnRule, factsOf(evidence))).toBe(expected);
  });
});

describe('dep.downstream_slow by connections', () => {
  const slow = timed({ ttfb_p95_ms: 3390 });
  const idle = seen('postgres.activity', 'db', { connections_active: 0, longest_query_ms: 2 });
  const api = { ...serviceOf('api', 'node', ['db']), aliases: ['shop-api-1'] };
  const db = { ...serviceOf('db', 'postgres'), aliases: ['db.example:5432'] };
  const ds = { ...serviceOf('payments', 'node'), aliases: ['shop-payments-1'] };
  const options = { services: [api, db, ds] };
  const verdict = (rows: readonly Row[]) => {
    const facts = factsOf([slow, stats({}), idle, sockets({}, { peers: rows })], options);
    const [first] = depDownstreamSlowRule.evaluate(facts);
    return first?.kind === 'cause' ? first.cause : undefined;
  };

  it('names the service behind most connections, and where to look next', () => {
    const cause = verdict([
      peer('172.17.0.3:7000', { connections: 20 }, 'shop-payments-1'),
      peer('10.1.2.3:443', { connections: 1 }),
    ]);
    expect(cause?.title).toBe('Waits for payments');
    expect(cause?.summary).toContain('payments (172.17.0.3:7000): 20 open connections');
    expect(cause?.confidence).toBeCloseTo(0.75);
    expect(cause?.advice[0]?.command).toBe('docker logs --since 15m --timestamps shop-payments-1');
  });

  it("does not take perfbot's own look into the process for a call of it", () => {
    const own = verdict([peer('127.0.0.1:9229', { connections: 1 }, 'shop-api-1')]);
    expect(own?.evidence.map(({ text }) => text).join()).not.toContain('9229');
    const other = verdict([
      peer('127.0.0.1:9229', { connections: 1 }, 'shop-api-1'),
      peer('10.1.2.3:443', { connections: 1 }),
    ]);
    expect(other?.evidence.at(-1)?.text).toBe('1 open connection to 10.1.2.3:443');
  });

  it('takes no word of a pool for a word about who is called', () => {
    const facts = (text: string) =>
      factsOf(
        [
          slow,
          stats({}),
          idle,
          logged(text),
          sockets({}, { peers: [peer('10.1.2.3:7000', { connections: 20 })] }),
        ],
        options,
      );
    const probes = (text: string) =>
      depDownstreamSlowRule
        .evaluate(facts(text))
        .flatMap((verdict) => (verdict.kind === 'cause' ? verdict.cause.evidence : []))
        .map(({ probe }) => probe);
    expect(probes('fetch failed')).toContain('docker.logs');
    expect(probes('timeout exceeded when trying to connect')).not.toContain('docker.logs');
  });

  it('names an address that nobody knows', () => {
    expect(verdict([peer('10.1.2.3:7000', { connections: 20 })])?.title).toBe('Waits for 10.1.2.3:7000');
  });

  it('names one that gives no answer, however few the connections', () => {
    expect(verdict([peer('10.1.2.3:7000', { unanswered: 2 })])?.summary).toContain('2 that get no answer');
  });

  it('leaves the idle database out, also by its port when its address is a name', () => {
    expect(verdict([peer('10.1.2.9:5432', { connections: 50 })])?.title).toBe('Waits for another service');
  });

  it('names a service that was not looked at by the whole inventory', () => {
    const rows = [peer('172.17.0.3:7000', { connections: 20 }, 'shop-payments-1')];
    const evidence = [slow, stats({}), sockets({}, { peers: rows })];
    const facts = { ...factsOf(evidence, { services: [serviceOf('api', 'node')] }), inventory: [ds] };
    expect(depDownstreamSlowRule.evaluate(facts)[0]).toMatchObject({
      cause: { title: 'Waits for payments' },
    });
  });

  it('thinks of a database that the connections show and nobody declared', () => {
    const services = [serviceOf('api', 'node'), { ...db, aliases: ['shop-db-1'] }, ds];
    const toDb = peer('172.17.0.9:5432', { connections: 10 }, 'shop-db-1');
    const toPayments = peer('172.17.0.3:7000', { connections: 20 }, 'shop-payments-1');
    const told = (rows: readonly Row[], more: readonly CollectedEvidence[] = []) =>
      outcome(
        depDownstreamSlowRule,
        factsOf([slow, stats({}), sockets({}, { peers: rows }), ...more], { services }),
      );
    expect(told([toDb])).toBe('undecided');
    expect(told([toPayments, toDb])).toBe('found 0.5');
    expect(told([toPayments, toDb], [idle])).toBe('found 0.75');
    expect(told([toDb], [seen('postgres.activity', 'db', { longest_query_ms: 3000 })])).toBe('ruled out');
  });

  it('names nobody for one connection that is kept open', () => {
    const cause = verdict([peer('10.1.2.3:4317', { connections: 1 })]);
    expect(cause?.title).toBe('Waits for another service');
    expect(cause?.confidence).toBeCloseTo(0.55);
  });
});

describe('net.bandwidth by connections', () => {
  it('shows what is not acknowledged and what was sent again', () => {
    const narrow = timed({
      response_time_p95_ms: 2500,
      ttfb_p95_ms: 20,
      download_p95_ms: 2400,
      response_bytes_mean: 300_000,
    });
    const facts = factsOf([narrow, sockets({ unsent_bytes: 200_000, retransmit_ratio: 0.04 })]);
    const [verdict] = netBandwidthRule.evaluate(facts);
    const metrics = verdict?.kind === 'cause' ? verdict.cause.evidence.map(({ metric }) => metric) : [];
    expect(metrics).toEqual(expect.arrayContaining(['unsent_bytes', 'retransmit_ratio']));
  });
});

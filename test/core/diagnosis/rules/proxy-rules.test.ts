import { describe, expect, it } from 'vitest';
import { diagnose } from '../../../../src/core/diagnosis/diagnose.ts';
import type { DiagnosisRule } from '../../../../src/core/diagnosis/rule.ts';
import {
  proxyConnectSlowRule,
  proxyDroppedConnectionsRule,
  proxySlowClientRule,
} from '../../../../src/core/diagnosis/rules/proxy-connections.ts';
import {
  proxyPortsExhaustedRule,
  proxyRequestLimitRule,
} from '../../../../src/core/diagnosis/rules/proxy-limits.ts';
import { proxyStaleUpstreamRule } from '../../../../src/core/diagnosis/rules/proxy-stale-upstream.ts';
import { proxyTimeoutRule } from '../../../../src/core/diagnosis/rules/proxy-timeout.ts';
import type { Cell, CollectedEvidence } from '../../../../src/core/evidence.ts';
import type { Service } from '../../../../src/core/inventory/service.ts';
import { factsOf, outcome, seen, serviceOf } from './evidence-of.ts';

type Numbers = Readonly<Record<string, number>>;
type Row = Readonly<Record<string, Cell>>;

const ADDRESS = '172.18.0.5:3000';
const api: Service = {
  ...serviceOf('api', 'node'),
  aliases: ['127.0.0.1:3001'],
  targets: [{ kind: 'container', id: 'c', service: 'api', zone: 'default', container: { name: 'api-1' } }],
};
const services = [serviceOf('proxy', 'nginx', ['api']), api];

const access = (metrics: Numbers, upstreams: readonly Row[] = [], routes: readonly Row[] = []) =>
  seen(
    'nginx.access',
    'proxy',
    { requests: 100, ...metrics },
    { tables: { upstreams, routes }, facts: { container: 'nginx-1' } },
  );
const upstream = (row: Row): Row => ({
  address: ADDRESS,
  requests: 10,
  unconnected: 0,
  timed_out: 0,
  reason: null,
  ...row,
});
const dead = (address_is: string, more: Row = {}) =>
  access({ errors_502: 10 }, [upstream({ unconnected: 10, address_is, container: null, ...more })]);
const answers = (availability: number, longest = 50) =>
  seen('http.timing', 'api', { availability, response_time_max_ms: longest });
const status = (metrics: Numbers) => seen('nginx.status', 'proxy', metrics);

function table(
  rule: DiagnosisRule,
  rows: readonly (readonly [string, readonly CollectedEvidence[], string])[],
): void {
  it.each(rows)('%s', (_, evidence, expected) => {
    expect(outcome(rule, factsOf(evidence, { services, subject: 'proxy' }))).toBe(expected);
  });
}

describe('proxy.stale_upstream', () => {
  table(proxyStaleUpstreamRule, [
    ['nothing fails', [access({}, [upstream({})]), answers(1)], 'ruled out'],
    ['nobody has the address, the backend answers', [dead('free'), answers(1)], 'found 0.92'],
    ['nobody has the address, the backend was not asked', [dead('free')], 'found 0.75'],
    ['the backend is down', [dead('free'), answers(0)], 'ruled out'],
    ['another container has it now', [dead('container', { container: 'mail-1' }), answers(1)], 'found 0.85'],
    [
      'its own container has it and refuses',
      [dead('container', { container: 'api-1' }), answers(1)],
      'ruled out',
    ],
    ['no address of a container, nor of the inventory', [dead('elsewhere'), answers(1)], 'found 0.7'],
    ['Docker could not be asked, nor the backend', [dead('unknown')], 'undecided'],
    [
      'the inventory has the address',
      [dead('elsewhere', { address: '127.0.0.1:3001' }), answers(1)],
      'ruled out',
    ],
    [
      'one failure of ten',
      [access({}, [upstream({ unconnected: 1, address_is: 'free' })]), answers(1)],
      'ruled out',
    ],
    ['502, and the log names no address', [access({ errors_502: 4 }), answers(1)], 'undecided'],
    ['only counters', [status({ dropped_connections: 0 })], 'nothing'],
  ]);
});

describe('proxy.timeout', () => {
  const late = (least: number | null, most: number | null) =>
    access(
      { errors_504: 5 },
      [upstream({ timed_out: 5, timeout_min_ms: least, timeout_max_ms: most })],
      [{ route: 'GET /report', errors_504: 5 }],
    );
  table(proxyTimeoutRule, [
    ['none', [access({}, [upstream({})])], 'ruled out'],
    ['each after the same time', [late(60_001, 60_040)], 'found 0.75'],
    ['and the backend does answer, later', [late(60_001, 60_040), answers(1, 75_000)], 'found 0.9'],
    ['after different times', [late(9000, 60_000)], 'found 0.5'],
    ['only the error log says it', [late(null, null)], 'found 0.75'],
    ['one is chance', [access({ errors_504: 1 }, [upstream({ timed_out: 1 })])], 'ruled out'],
    ['504, and the log names no upstream', [access({ errors_504: 5 })], 'undecided'],
  ]);

  it('puts text of a log into a configuration only where it is a plain path', () => {
    const bad = access(
      { errors_504: 5 },
      [upstream({ timed_out: 5, timeout_min_ms: 500, timeout_max_ms: 500 })],
      [{ route: 'GET /a;}evil', errors_504: 5 }],
    );
    const [verdict] = proxyTimeoutRule.evaluate(factsOf([bad], { services, subject: 'proxy' }));
    const commands =
      verdict?.kind === 'cause' ? verdict.cause.advice.map(({ command }) => command).join() : '';
    expect(commands).toContain('location /SLOW/ROUTE {');
    expect(commands).not.toContain('evil');
    expect(commands).toContain('proxy_read_timeout 1s');
  });
});

describe('proxy.request_limit', () => {
  const held = (delayed: number, refused: number, requests = 100) =>
    access({ requests, requests_delayed: delayed, requests_refused: refused });
  table(proxyRequestLimitRule, [
    ['none', [held(0, 0)], 'ruled out'],
    ['a few of very many', [held(5, 0, 90_000)], 'ruled out'],
    ['some', [held(4, 1)], 'found 0.6'],
    ['many', [held(40, 10)], 'found 0.85'],
    ['refused before any reached the backend', [held(0, 8, 0)], 'found 0.6'],
    ['only counters', [status({ dropped_connections: 0 })], 'nothing'],
  ]);
});

describe('proxy.ports_exhausted', () => {
  const refused = upstream({ unconnected: 6, reason: 'Cannot assign requested address', address_is: 'free' });
  table(proxyPortsExhaustedRule, [
    ['it connects', [access({}, [upstream({})])], 'ruled out'],
    ['no port of its own is left', [access({ errors_502: 6 }, [refused])], 'found 0.9'],
    ['only counters', [status({ dropped_connections: 0 })], 'nothing'],
  ]);
  table(proxyStaleUpstreamRule, [
    ['that is no old address', [access({}, [refused]), answers(1)], 'ruled out'],
  ]);
});

describe('in a run about the service behind it', () => {
  const about = (evidence: readonly CollectedEvidence[], all: readonly Service[] = services) =>
    factsOf(evidence, { services: all, subject: 'api' });
  const narrowed = (facts: Readonly<Record<string, string>>) => ({ ...access({}, [upstream({})]), facts });

  it('clears nginx by name, and ranks what it has before what is elsewhere', () => {
    expect(outcome(proxyTimeoutRule, about([access({}, [upstream({})])]))).toBe('ruled out');
    const dropped = { dropped_connections: 4 };
    const seenBoth = [seen('nginx.status', 'another', dropped), status(dropped)];
    const { causes } = diagnose(
      [proxyDroppedConnectionsRule],
      about(seenBoth, [serviceOf('another', 'nginx'), ...services]),
    );
    expect(causes.map(({ service }) => service)).toEqual(['proxy', 'another']);
  });

  it.each([
    ['its log says so', { in_front: 'yes', upstream_service: 'api' }, 'ruled out'],
    ['it passes requests to others only', { in_front: 'no' }, 'nothing'],
  ])('believes the log of an nginx that says nothing of its own: %s', (_what, facts, expected) => {
    const unknown = [serviceOf('proxy', 'nginx'), api];
    expect(outcome(proxyTimeoutRule, about([narrowed(facts)], unknown))).toBe(expected);
  });

  it('asks the service itself whether it answers', () => {
    const unknown = [serviceOf('proxy', 'nginx'), api];
    const seenDead = { ...dead('free'), facts: { upstream_service: 'api' } };
    expect(outcome(proxyStaleUpstreamRule, about([seenDead, answers(1)], unknown))).toBe('found 0.92');
    expect(outcome(proxyStaleUpstreamRule, about([seenDead, answers(0)], unknown))).toBe('ruled out');
  });
});

describe('proxy.slow_client', () => {
  table(proxySlowClientRule, [
    [
      'nginx delays them itself',
      [
        access({
          slow_client_ratio: 0.3,
          client_time_p95_ms: 4000,
          upstream_time_p95_ms: 90,
          requests_delayed: 40,
          requests_refused: 0,
        }),
      ],
      'ruled out',
    ],
    ['quick clients', [access({ slow_client_ratio: 0.01, client_time_p95_ms: 20 })], 'ruled out'],
    [
      'slow ones',
      [access({ slow_client_ratio: 0.3, client_time_p95_ms: 4000, upstream_time_p95_ms: 90 })],
      'found 0.75',
    ],
    [
      'the backend is slower',
      [access({ slow_client_ratio: 0.3, client_time_p95_ms: 900, upstream_time_p95_ms: 3000 })],
      'found 0.5',
    ],
    ['no times', [access({})], 'nothing'],
  ]);
});

describe('proxy.dropped_connections', () => {
  table(proxyDroppedConnectionsRule, [
    ['none', [status({ dropped_connections: 0 })], 'ruled out'],
    ['some', [status({ dropped_connections: 4 })], 'found 0.9'],
    ['the log says it', [access({ connections_used_up: 3 })], 'found 0.9'],
  ]);
});

describe('proxy.connect_slow', () => {
  table(proxyConnectSlowRule, [
    ['quick', [access({}, [upstream({ connect_p95_ms: 1, p95_ms: 400 })])], 'ruled out'],
    ['slow', [access({}, [upstream({ connect_p95_ms: 1000, p95_ms: 1100 })])], 'found 0.65'],
    ['the smaller part', [access({}, [upstream({ connect_p95_ms: 60, p95_ms: 4000 })])], 'ruled out'],
    ['not measured', [access({}, [upstream({})])], 'nothing'],
  ]);
});

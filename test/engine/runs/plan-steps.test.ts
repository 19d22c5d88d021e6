import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import type { Service } from '../../../src/core/inventory/service.ts';
import type { Target, TargetKind } from '../../../src/core/inventory/target.ts';
import type { Scope } from '../../../src/core/playbook/playbook.ts';
import type { Probe } from '../../../src/engine/ports/probe.ts';
import { planSteps } from '../../../src/engine/runs/plan-steps.ts';
import { playbook } from '../harness.ts';

function probe(name: string, targetKind: TargetKind): Probe {
  return {
    name,
    title: name,
    targetKind,
    cost: 'light',
    timeoutMs: 1000,
    params: z.unknown(),
    collect: async () => ({ metrics: [] }),
  };
}

const PROBES = new Map(
  [probe('docker.stats', 'container'), probe('host.load', 'host')].map((one) => [one.name, one]),
);

function service(name: string, overrides: Partial<Service> = {}): Service {
  const target: Target = {
    kind: 'container',
    id: `container:${name}`,
    service: name,
    zone: 'default',
    container: { name },
  };
  return {
    name,
    role: 'node',
    source: 'configured',
    targets: [target],
    dependsOn: [],
    kpis: {},
    aliases: [],
    gaps: [],
    ...overrides,
  };
}

const HOST = service('machine', {
  role: 'host',
  targets: [{ kind: 'host', id: 'host', service: 'machine', zone: 'default' }],
});
const WEB = service('web', { dependsOn: ['api'] });
const SERVICES = [
  WEB,
  service('api', { dependsOn: ['db'] }),
  service('db', { dependsOn: ['web'] }),
  service('mail'),
  HOST,
];

function targets(use: { probe?: string; on: Scope }, subject: Service | undefined, services = SERVICES) {
  const book = playbook('p', {
    title: 'P',
    description: 'd',
    steps: [{ title: 'S', probes: [{ probe: 'docker.stats', ...use }] }],
  });
  return planSteps({ runId: 'r', playbook: book, subject, services, probes: PROBES }).map(
    ({ target }) => target.id,
  );
}

describe('planSteps', () => {
  it.each<[Scope, Service | undefined, readonly string[]]>([
    ['service', WEB, ['container:web']],
    ['dependencies', WEB, ['container:api', 'container:db']],
    ['system', WEB, ['container:web', 'container:api', 'container:db']],
    ['all', WEB, ['container:web', 'container:api', 'container:db', 'container:mail']],
    ['host', WEB, []],
    ['service', undefined, ['container:web', 'container:api', 'container:db', 'container:mail']],
    ['system', undefined, ['container:web', 'container:api', 'container:db', 'container:mail']],
  ])('scope %s of %o', (on, subject, expected) => {
    expect(targets({ on }, subject)).toEqual(expected);
  });

  it.each<[Scope, Service, readonly string[]]>([
    ['system', WEB, ['host']],
    ['host', WEB, ['host']],
    ['service', WEB, []],
    ['system', HOST, ['host']],
  ])('looks at the host for scope %s of %o', (on, subject, expected) => {
    expect(targets({ probe: 'host.load', on }, subject)).toEqual(expected);
  });

  it('counts the databases that were discovered beside a discovered service as its own', () => {
    const found = (name: string, role: Service['role']) => service(name, { role, source: 'discovered' });
    const api = found('api', 'node');
    const services = [api, found('pg', 'postgres'), found('cache', 'redis'), found('other', 'node')];
    expect(targets({ on: 'dependencies' }, api, services)).toEqual(['container:pg', 'container:cache']);
  });

  it('looks at the nginx in front of the subject, and into the log of any other, narrowed to the subject', () => {
    const proxy = (name: string, dependsOn: readonly string[]) => {
      const { targets: own } = service(name);
      const nginx: Target = {
        kind: 'nginx',
        id: `nginx:${name}`,
        service: name,
        zone: 'z',
        container: { name },
      };
      return service(name, { role: 'nginx', dependsOn, targets: [...own, nginx] });
    };
    const api = service('api', { aliases: ['api', 'api:3000'] });
    const cache = service('cache', { role: 'redis' });
    const services = [api, cache, service('web'), proxy('edge', ['api', 'cache']), proxy('other', ['web'])];
    const look = (name: string, kind: TargetKind, on: Scope, subject: Service | undefined) => {
      const book = playbook('p', {
        title: 'P',
        description: 'd',
        steps: [{ title: 'S', probes: [{ probe: name, on }] }],
      });
      const probes = new Map([[name, probe(name, kind)]]);
      return planSteps({ runId: 'r', playbook: book, subject, services, probes }).map(({ target }) => target);
    };
    const upstream = { service: 'api', containers: [{ name: 'api' }], addresses: ['api:3000'] };
    expect(look('nginx.access', 'nginx', 'proxies', api)).toMatchObject([
      {
        id: 'nginx:edge>api',
        service: 'edge',
        zone: 'z',
        upstream: { ...upstream, declared: true, alone: true },
      },
      { id: 'nginx:other>api', upstream: { ...upstream, declared: false, alone: false } },
    ]);
    expect(look('docker.stats', 'container', 'proxies', api).map(({ id }) => id)).toEqual(['container:edge']);
    expect(look('nginx.access', 'nginx', 'proxies', undefined).map(({ id }) => id)).toEqual([
      'nginx:edge',
      'nginx:other',
    ]);
    // In its own system it is looked at as a whole already.
    const edge = services[3];
    expect(look('nginx.access', 'nginx', 'proxies', edge).map(({ id }) => id)).toEqual(['nginx:other>edge']);
    expect(look('nginx.access', 'nginx', 'system', edge).map(({ id }) => id)).toEqual(['nginx:edge']);
  });

  it('plans each pair of probe, target and parameters once, and leaves unknown probes out', () => {
    const book = playbook('p', {
      title: 'P',
      description: 'd',
      steps: [
        {
          title: 'One',
          probes: [
            { probe: 'docker.stats', on: 'service' },
            { probe: 'no.such', on: 'all' },
          ],
        },
        {
          title: 'Two',
          probes: [
            { probe: 'docker.stats', on: 'system' },
            { probe: 'docker.stats', on: 'service', with: { deep: true }, timeout: '5s' },
          ],
        },
      ],
    });
    const steps = planSteps({ runId: 'r', playbook: book, subject: WEB, services: SERVICES, probes: PROBES });
    expect(steps.map(({ step, title, target, timeoutMs }) => [step, title, target.id, timeoutMs])).toEqual([
      [0, 'One', 'container:web', 1000],
      [1, 'Two', 'container:api', 1000],
      [2, 'Two', 'container:db', 1000],
      [3, 'Two', 'container:web', 5000],
    ]);
  });

  it('puts what somebody asked for before the parameters of the playbook, for the probe that is named', () => {
    const book = playbook('p', {
      title: 'P',
      description: 'd',
      steps: [
        {
          title: 'One',
          probes: [
            { probe: 'docker.stats', on: 'service', with: { window: '1s', deep: true } },
            { probe: 'host.load', on: 'host', with: { window: '1s' } },
          ],
        },
      ],
    });
    const params = { 'docker.stats': { window: 10_000 }, 'no.such': { window: 1 } };
    const input = { runId: 'r', playbook: book, subject: undefined, services: SERVICES, probes: PROBES };
    expect(planSteps({ ...input, params }).map((step) => [step.probe, step.params])).toEqual([
      ...['web', 'api', 'db', 'mail'].map(() => ['docker.stats', { window: 10_000, deep: true }]),
      ['host.load', { window: '1s' }],
    ]);
  });

  it('stays within bounds when there are very many targets', () => {
    const many = Array.from({ length: 900 }, (_, index) => service(`s${index}`));
    expect(targets({ on: 'all' }, undefined, many)).toHaveLength(400);
  });
});

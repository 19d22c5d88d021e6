import { describe, expect, it } from 'vitest';
import type { Problem } from '../../../src/core/errors.ts';
import { ProbeError } from '../../../src/core/errors.ts';
import type { Role, Service } from '../../../src/core/inventory/service.ts';
import { findService } from '../../../src/core/inventory/service.ts';
import { toConfiguredServices } from '../../../src/probes/inventory/configured-services.ts';
import { createInventory } from '../../../src/probes/inventory/create-inventory.ts';
import { parseServices } from '../../../src/probes/inventory/parse-services.ts';

function discovered(name: string, role: Role, gaps: Service['gaps'] = []): Service {
  return {
    name,
    role,
    source: 'discovered',
    targets: [
      { kind: 'container', id: `container:${name}`, service: name, zone: 'default', container: { name } },
    ],
    dependsOn: [],
    kpis: {},
    aliases: [`${name}-1`],
    gaps,
  };
}

function setUp(
  options: {
    yaml?: string;
    prometheus?: boolean;
    jaeger?: boolean;
    problems?: readonly Problem[];
    discover?: () => Promise<readonly Service[]>;
  } = {},
) {
  const warnings: string[] = [];
  const clock = { now: 0 };
  const { services } = toConfiguredServices(
    parseServices({ text: options.yaml ?? '', file: 'services.yaml', environment: {} }),
  );
  const inventory = createInventory({
    configured: () => services,
    problems: () => options.problems ?? [],
    discover: options.discover ?? (async () => []),
    self: {
      zone: 'default',
      prometheus: options.prometheus ?? false,
      jaeger: options.jaeger ?? false,
      database: true,
    },
    log: { debug() {}, info() {}, warn: (_, message) => warnings.push(message), error() {} },
    now: () => clock.now,
  });
  return { inventory, clock, warnings };
}

const namesOf = (services: readonly Service[]) => services.map(({ name }) => name);

describe('createInventory', () => {
  it('always has the host and perfbot', async () => {
    const services = await setUp().inventory.services();
    expect(services.map(({ targets }) => targets.map(({ id }) => id))).toEqual([
      ['host:host', 'engine:host'],
      ['process:perfbot', 'postgres:perfbot'],
    ]);
  });

  it('says of perfbot itself what is wrong with its file, while the last good version counts', async () => {
    const wrong = (path: string) => ({ file: 'services.yaml', line: 3, path, message: 'unknown key' });
    const { inventory } = setUp({
      yaml: 'services: {api: {url: "http://h:1"}}',
      problems: [wrong('services.api.uri'), wrong('services.db.pg')],
    });
    const services = await inventory.services();
    expect(namesOf(services)).toEqual(['api', 'host', 'perfbot']);
    expect(services.map(({ gaps }) => gaps)).toEqual([
      [],
      [],
      [
        {
          what: 'changes of the inventory, which is broken: services.yaml:3 services.api.uri: unknown key (and 1 more)',
          mend: 'mend the file; until then its last good version counts',
        },
      ],
    ]);
  });

  it('recognises its own container', async () => {
    const { inventory } = setUp({ discover: async () => [discovered('perfbot', 'node')] });
    const services = await inventory.services();
    expect(namesOf(services)).toEqual(['host', 'perfbot']);
    expect(services[1]?.targets[0]?.id).toBe('container:perfbot');
  });

  it('lets configured services take over their containers and leaves the others', async () => {
    const gap = { what: 'queries', mend: 'set postgres' };
    const { inventory } = setUp({
      yaml: 'services: {db: {container: prompt-postgres, postgres: "postgres://x@h/d"}, api: {container: prompt-api}}',
      discover: async () => [
        discovered('prompt-postgres', 'postgres', [gap]),
        discovered('prompt-api', 'node', [gap]),
        discovered('other', 'nginx'),
      ],
    });
    const [db, api, ...rest] = await inventory.services();
    expect(namesOf(rest)).toEqual(['other', 'host', 'perfbot']);
    expect(db).toMatchObject({ name: 'db', source: 'configured', role: 'postgres', gaps: [] });
    expect(db?.targets.map(({ id }) => id)).toEqual(['container:prompt-postgres', 'postgres:db']);
    expect(api).toMatchObject({ role: 'node', gaps: [gap] });
    expect(findService([...(await inventory.services())], { container: 'prompt-api-1' })?.name).toBe('api');
  });

  it('tells what to add to services.yaml under the name that stands there', async () => {
    const gap = {
      what: 'response times',
      mend: 'add to services.yaml: shop: { container: shop, url: http://HOST:PORT }',
    };
    const { inventory } = setUp({
      yaml: 'services: {web: {container: shop}}',
      discover: async () => [discovered('shop', 'nginx', [gap])],
    });
    expect((await inventory.services())[0]?.gaps).toEqual([
      {
        what: 'response times',
        mend: 'add to services.yaml: web: { container: shop, url: http://HOST:PORT }',
      },
    ]);
  });

  it('calls what Docker knows under another name by its configured name', async () => {
    const { inventory } = setUp({
      yaml: 'services: {shop-db: {container: db}}',
      discover: async () => [
        { ...discovered('api', 'node'), dependsOn: ['db'] },
        discovered('db', 'postgres'),
      ],
    });
    const [db, api] = await inventory.services();
    expect(db?.name).toBe('shop-db');
    expect(api?.dependsOn).toEqual(['shop-db']);
  });

  it('gives a configured service of the same name its container', async () => {
    const { inventory } = setUp({
      yaml: 'services: {redis: {redis: "redis://h"}}',
      discover: async () => [discovered('redis', 'redis')],
    });
    const [redis, ...rest] = await inventory.services();
    expect(redis?.targets.map(({ id }) => id)).toEqual(['container:redis', 'redis:redis']);
    expect(namesOf(rest)).toEqual(['host', 'perfbot']);
  });

  it('adds Prometheus where something may be instrumented', async () => {
    const { inventory } = setUp({
      yaml: 'services: {api: {url: "http://h:1"}, redis: {redis: "redis://h"}}',
      prometheus: true,
    });
    const [api, redis] = await inventory.services();
    expect(api?.targets.map(({ id }) => id)).toEqual(['http:api', 'prometheus:api']);
    expect(redis?.targets.map(({ id }) => id)).toEqual(['redis:redis']);
  });

  it('adds Jaeger there as well, under the names that a service may report its traces by', async () => {
    const { inventory } = setUp({
      yaml: 'services: {api: {url: "http://h:1"}, pay: {url: "http://h:2", traces: payments}, redis: {redis: "redis://h"}, proxy: {container: p1, nginx: {}}}',
      jaeger: true,
    });
    const jaeger = (await inventory.services()).map(({ targets }) =>
      targets.find(({ kind }) => kind === 'jaeger'),
    );
    expect(jaeger.slice(0, 4)).toEqual([
      { kind: 'jaeger', id: 'jaeger:api', service: 'api', zone: 'default', traceNames: ['api', 'h:1', 'h'] },
      { kind: 'jaeger', id: 'jaeger:pay', service: 'pay', zone: 'default', traceNames: ['payments'] },
      undefined,
      undefined,
    ]);
  });

  it('turns an unreachable Docker into one gap and one warning, and keeps what it knew', async () => {
    let isDown = false;
    const { inventory, clock, warnings } = setUp({
      discover: async () => {
        if (!isDown) return [discovered('api', 'node')];
        throw new ProbeError('unreachable', 'no', { userMessage: 'Docker is down.', mend: 'start dockerd' });
      },
    });
    await inventory.services();
    isDown = true;
    for (const at of [6000, 12_000]) {
      clock.now = at;
      const services = await inventory.services();
      expect(namesOf(services)).toEqual(['api', 'host', 'perfbot']);
      expect(services[1]?.gaps).toEqual([{ what: 'containers: Docker is down.', mend: 'start dockerd' }]);
    }
    expect(warnings).toHaveLength(1);
    isDown = false;
    clock.now = 18_000;
    expect((await inventory.services())[1]?.gaps).toEqual([]);
  });

  it('asks Docker once for many questions within five seconds', async () => {
    let asked = 0;
    const { inventory, clock } = setUp({
      discover: async () => {
        asked += 1;
        return [];
      },
    });
    await Promise.all([inventory.services(), inventory.services()]);
    clock.now = 4000;
    await inventory.services();
    expect(asked).toBe(1);
    await inventory.services({ maxAgeMs: 1000 });
    expect(asked).toBe(2);
    clock.now = 4900;
    await inventory.services({ maxAgeMs: 1000 });
    clock.now = 8000;
    await inventory.services();
    expect(asked).toBe(2);
    clock.now = 9000;
    await inventory.services();
    expect(asked).toBe(3);
  });
});

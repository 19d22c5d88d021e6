import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Service } from '../../../src/core/inventory/service.ts';
import { createDockerClient, type DockerClient } from '../../../src/probes/docker/client.ts';
import { discoverServices } from '../../../src/probes/docker/discover.ts';
import { publishedUrl } from '../../../src/probes/docker/published-ports.ts';
import { startContainer, type TestContainer } from '../../support/docker.ts';
import { describeWith } from '../../support/requirements.ts';

const signal = new AbortController().signal;

describeWith(['docker'], 'discoverServices', () => {
  let docker: DockerClient;
  let containers: Record<'api' | 'db' | 'done' | 'failed' | 'stopped', TestContainer>;
  let services: readonly Service[];
  const found = (container: TestContainer) =>
    services.find(({ targets }) => targets.some(({ id }) => id === `container:${container.name}`));

  beforeAll(async () => {
    docker = createDockerClient();
    const compose = (service: string, more = {}) => ({
      'com.docker.compose.project': 'perfbottest',
      'com.docker.compose.service': service,
      ...more,
    });
    const [api, db, done, failed, stopped] = await Promise.all([
      startContainer({
        cmd: ['node', '-e', 'setInterval(() => {}, 1000)'],
        ports: ['127.0.0.1::3000'],
        labels: compose('perfbottest-api', {
          'com.docker.compose.depends_on': 'perfbottest-db:service_started:false',
        }),
      }),
      startContainer({ cmd: ['sh', '-c', 'sleep 60 # postgres '], labels: compose('perfbottest-db') }),
      startContainer({ cmd: ['true'] }),
      startContainer({ cmd: ['false'] }),
      startContainer({ cmd: ['true'], ports: ['127.0.0.1::3000'] }),
    ]);
    containers = { api, db, done, failed, stopped };
    await done.waitFor('{{.State.Status}}', 'exited');
    await failed.waitFor('{{.State.Status}}', 'exited');
    await stopped.waitFor('{{.State.Status}}', 'exited');
    services = await discoverServices({ docker, now: Date.now, signal });
  });

  afterAll(async () => {
    await Promise.all(Object.values(containers).map((container) => container.remove()));
    await docker.close();
  });

  it('names a service as compose does and knows it by all its other names', async () => {
    const api = found(containers.api);
    const port = await containers.api.port(3000);
    expect(api).toMatchObject({
      name: 'perfbottest-api',
      role: 'node',
      source: 'discovered',
      dependsOn: ['perfbottest-db'],
      gaps: [],
    });
    expect(api?.aliases).toEqual(
      expect.arrayContaining([
        containers.api.name,
        containers.api.id.slice(0, 12),
        `localhost:${port}`,
        'perfbottest-api:3000',
      ]),
    );
    expect(api?.targets).toContainEqual(
      expect.objectContaining({ kind: 'http', baseUrl: `http://127.0.0.1:${port}`, paths: ['/'] }),
    );
  });

  it('tells which line would let it look into a database', () => {
    const db = found(containers.db);
    expect(db?.role).toBe('postgres');
    expect(db?.gaps[0]?.mend).toBe(
      `add to services.yaml: perfbottest-db: { container: ${containers.db.name}, postgres: "\${PERFBOTTEST_DB_URL}" }`,
    );
  });

  it('misses what failed or should run, and not a job that is done', () => {
    expect(found(containers.failed)).toBeDefined();
    expect(found(containers.stopped)).toBeDefined();
    expect(found(containers.done)).toBeUndefined();
  });

  it('forgets a trial by hand after an hour, and what should run after a day', async () => {
    const after = (hours: number) =>
      discoverServices({ docker, now: () => Date.now() + hours * 3_600_000, signal });
    const knows = (known: readonly Service[], { name }: TestContainer) =>
      known.some((service) => service.name === name);
    const soon = await after(2);
    expect([knows(soon, containers.failed), knows(soon, containers.stopped)]).toEqual([false, true]);
    expect(knows(await after(25), containers.stopped)).toBe(false);
  });
});

describe('publishedUrl', () => {
  const port = (PrivatePort: number, PublicPort?: number, IP = '0.0.0.0') => ({
    PrivatePort,
    Type: 'tcp',
    ...(PublicPort !== undefined && { PublicPort, IP }),
  });

  it.each([
    ['nothing published', [port(3000)], undefined],
    ['plain before TLS', [port(443, 8443), port(80, 8080)], 'http://127.0.0.1:8080'],
    ['TLS alone', [port(443, 8443)], 'https://127.0.0.1:8443'],
    ['not the inspector', [port(9229, 9229), port(3000, 3001)], 'http://127.0.0.1:3001'],
    ['one address only', [port(3000, 3001, '10.0.0.7')], 'http://10.0.0.7:3001'],
    ['IPv6 twin is skipped', [port(3000, 3002, '::'), port(3000, 3001)], 'http://127.0.0.1:3001'],
  ])('%s', (_, ports, url) => {
    expect(publishedUrl(ports, '127.0.0.1')).toBe(url);
  });

  it('takes what is published everywhere at the named host, and nothing that only that host can reach', () => {
    expect(publishedUrl([port(3000, 3001)], 'host.docker.internal')).toBe('http://host.docker.internal:3001');
    expect(publishedUrl([port(3000, 3001, '127.0.0.1')], 'host.docker.internal')).toBeUndefined();
    expect(publishedUrl([port(3000, 3001, '127.0.0.1')], '127.0.0.1')).toBe('http://127.0.0.1:3001');
  });
});

import pg from 'pg';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { diagnose } from '../../../src/core/diagnosis/diagnose.ts';
import { RULES } from '../../../src/core/diagnosis/rules.ts';
import { metricValue } from '../../../src/core/evidence.ts';
import { createDockerClient, type DockerClient } from '../../../src/probes/docker/client.ts';
import { dockerLogsProbe } from '../../../src/probes/docker/logs.ts';
import { httpTimingProbe } from '../../../src/probes/http/timing.ts';
import { postgresActivityProbe } from '../../../src/probes/postgres/activity.ts';
import { createPostgresClients, type PostgresClients } from '../../../src/probes/postgres/clients.ts';
import { type TestDatabase, testDatabase } from '../../support/database.ts';
import { startContainer, type TestContainer } from '../../support/docker.ts';
import { describeWith } from '../../support/requirements.ts';
import { collected, factsFrom, observe, serviceNamed } from '../observe.ts';
import { containerTarget } from './collect.ts';

/** Answers every request, until SIGUSR2: from then on three of ten fail and say so in the log. */
const APP = `let failing = false, count = 0;
process.on('SIGUSR2', () => { failing = true; });
require('http').createServer((request, response) => {
  const fails = failing && count++ % 10 < 3;
  if (fails) console.error('Error: the payment provider answered 503 for order ' + count);
  else console.log('GET /orders 200');
  response.writeHead(fails ? 500 : 200).end();
}).listen(3000, () => console.log('up'))`;
const DATABASE = { id: 'postgres:shop-db', kind: 'postgres', service: 'shop-db', zone: 'default' } as const;

describeWith(['docker'], 'a burst of errors', () => {
  let docker: DockerClient;
  let container: TestContainer;
  let database: TestDatabase;
  let clients: PostgresClients;
  let idle: pg.Pool;

  beforeAll(async () => {
    docker = createDockerClient();
    database = await testDatabase();
    clients = createPostgresClients({ connections: new Map([[DATABASE.id, database.connectionString]]) });
    idle = new pg.Pool({
      connectionString: database.connectionString,
      application_name: 'shop-api',
      max: 10,
      idleTimeoutMillis: 0,
    });
    idle.on('error', () => undefined);
    await Promise.all(Array.from({ length: 10 }, () => idle.query('SELECT pg_sleep(0.2)')));
    container = await startContainer({ cmd: ['node', '-e', APP], ports: ['127.0.0.1::3000'] });
    await container.waitForLog('up');
  });
  afterAll(async () => {
    await idle?.end();
    await clients?.close();
    await Promise.all([container?.remove(), database?.close(), docker?.close()]);
  });

  it('app.error_burst: failing requests beside a pool that is idle because nothing is wrong with it', async () => {
    const service = container.name;
    const baseUrl = `http://127.0.0.1:${await container.port(3000)}`;
    const http = {
      kind: 'http',
      id: `http:${service}`,
      service,
      zone: 'default',
      baseUrl,
      paths: ['/orders'],
    } as const;
    const timed = (requests: number) =>
      observe(httpTimingProbe(), http, { requests, requests_per_second: 20 });
    expect(metricValue(collected(await timed(40)), 'error_rate')).toBe(0);
    await container.signal('SIGUSR2');
    const failing = await timed(40);
    expect(metricValue(collected(failing), 'error_rate')).toBeGreaterThan(0.2);
    const evidence = [
      failing,
      ...(await Promise.all([
        observe(dockerLogsProbe({ docker }), containerTarget(service), { window: '3s' }),
        observe(postgresActivityProbe({ clients }), DATABASE),
      ])),
    ];
    expect(metricValue(collected(evidence[1]), 'error_lines')).toBeGreaterThanOrEqual(10);
    expect(metricValue(collected(evidence[2]), 'connections_idle')).toBeGreaterThanOrEqual(10);
    const services = [serviceNamed(service, 'node', ['shop-db']), serviceNamed('shop-db', 'postgres')];
    const { causes } = diagnose(RULES, factsFrom(evidence, services, services[0]));
    expect(causes[0]?.id, JSON.stringify(causes.map(({ id, confidence }) => [id, confidence]))).toBe(
      'app.error_burst',
    );
    expect(causes[0]?.summary).toContain('the payment provider answered');
  });
});

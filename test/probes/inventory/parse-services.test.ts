import { describe, expect, it } from 'vitest';
import { InputError } from '../../../src/core/errors.ts';
import { toConfiguredServices } from '../../../src/probes/inventory/configured-services.ts';
import { parseServices } from '../../../src/probes/inventory/parse-services.ts';

const ENVIRONMENT = {
  PROMPT_POSTGRES_URL: 'postgres://app:s3cret@127.0.0.1:5433/prompt',
  PROMPT_REDIS_URL: 'redis://:s3cret@cache.internal:6379',
  PORT: '3001',
};

const CONTRACT = `
services:
  backend:
    container: prompt-backend            # Docker name, or {label: value}
    url: http://127.0.0.1:\${PORT}
    health: /api/health
    paths: [/api/prompt-cards]
    depends_on: [postgres, redis]
    environment: staging
    kpis: { response_time_p95: 2s, throughput_per_minute: 1000, error_rate: 1%, availability: 99.9%, cpu: 80%, memory: 90% }
  postgres: { container: prompt-postgres, postgres: "\${PROMPT_POSTGRES_URL}", kpis: { database_response: 100ms } }
  redis:    { container: {com.docker.compose.service: redis}, redis: "\${PROMPT_REDIS_URL}", zone: east }
`;

const parse = (text: string, environment: Record<string, string> = ENVIRONMENT) =>
  parseServices({ text, file: 'services.yaml', environment });

function problemsOf(text: string, environment?: Record<string, string>): readonly string[] {
  try {
    parse(text, environment);
  } catch (error) {
    if (error instanceof InputError) {
      expect(error.problems.every(({ file }) => file === 'services.yaml')).toBe(true);
      return error.problems.map(({ line, path, message }) => `${line} ${path}: ${message}`);
    }
    throw error;
  }
  return [];
}

describe('parseServices', () => {
  it('reads the example of the contract', () => {
    const { services, connections } = toConfiguredServices(parse(CONTRACT));
    expect(services.map(({ name, role }) => `${name} ${role}`)).toEqual([
      'backend other',
      'postgres postgres',
      'redis redis',
    ]);
    expect(services[0]).toMatchObject({
      environment: 'staging',
      dependsOn: ['postgres', 'redis'],
      aliases: ['prompt-backend', '127.0.0.1:3001', 'localhost:3001'],
      kpis: { response_time_p95: 2000, throughput_per_minute: 1000, error_rate: 0.01, cpu: 0.8 },
      targets: [
        { kind: 'container', id: 'container:prompt-backend', container: { name: 'prompt-backend' } },
        {
          kind: 'http',
          id: 'http:backend',
          baseUrl: 'http://127.0.0.1:3001',
          health: '/api/health',
          paths: ['/api/prompt-cards'],
        },
      ],
    });
    expect(services[1]?.kpis).toEqual({ database_response: 100 });
    expect(services[2]?.targets[0]).toMatchObject({
      zone: 'east',
      container: { label: 'com.docker.compose.service', value: 'redis' },
    });
    expect(services[2]?.aliases).toEqual(['redis', 'cache.internal:6379', 'cache.internal']);
    expect(connections.get('postgres:postgres')).toBe(ENVIRONMENT.PROMPT_POSTGRES_URL);
    expect(JSON.stringify(services)).not.toContain('s3cret');
  });

  it('takes an empty file', () => {
    expect(parse('')).toEqual({});
  });

  it('names the variable that is not set, with its line', () => {
    expect(problemsOf(CONTRACT, { PORT: '1', PROMPT_REDIS_URL: 'redis://r' })).toEqual([
      '11 services.postgres.postgres: the environment variable PROMPT_POSTGRES_URL is not set',
    ]);
  });

  it('reports all problems at once, each with its line and the nearest key', () => {
    const problems = problemsOf(
      [
        'services:',
        '  api:',
        '    contaner: x',
        '    url: ftp://x',
        '    paths: [items, //evil.example/x]',
        '    kpis:',
        '      cpu: 180',
        '      response_time_p95: 2',
        '      error_rat: 1%',
        'extra: 1',
      ].join('\n'),
    );
    expect(problems).toEqual(
      expect.arrayContaining([
        '3 services.api.contaner: unknown key "contaner"; do you mean "container"?',
        '4 services.api.url: write a base URL, for example http://127.0.0.1:3001',
        '5 services.api.paths.0: a path begins with one slash, for example /api/items',
        '5 services.api.paths.1: a path begins with one slash, for example /api/items',
        '7 services.api.kpis.cpu: "180" is not a share; write for example 80% or 0.8',
        '8 services.api.kpis.response_time_p95: write a duration with its unit, for example 2s',
        '9 services.api.kpis.error_rat: unknown key "error_rat"; do you mean "error_rate"?',
        '10 extra: unknown key "extra"',
      ]),
    );
    expect(problems).toHaveLength(8);
  });

  it.each([
    ['a reserved name', 'services: {host: {}}', 'own'],
    ['a health route without a url', 'services: {a: {health: /x}}', 'needs a url'],
    ['credentials in a url', 'services: {a: {url: "http://u:hunter2@h"}}', 'no user or password'],
    ['two labels', 'services: {a: {container: {x: y, z: w}}}', 'one label'],
    ['an unknown dependency', 'services: {api: {depends_on: [bd]}, db: {}}', 'do you mean "db"?'],
    ['a circle', 'services: {a: {depends_on: [b]}, b: {depends_on: [a]}}', 'a circle: a > b > a'],
    ['a service that needs itself', 'services: {a: {depends_on: [a]}}', 'a circle: a > a'],
    ['broken YAML', 'services: "a', '1 '],
    ['a key twice', 'services:\n  a: {}\n  a: {}', '3 '],
    ['a list', '[]', 'expected object'],
  ])('refuses %s', (_, text, expected) => {
    const problems = problemsOf(text);
    expect(problems).toHaveLength(1);
    expect(problems[0]).toContain(expected);
    expect(problems[0]).not.toContain('hunter2');
  });

  it('does not repeat an address that is wrong', () => {
    const problems = problemsOf('services: {db: {postgres: "${U}"}}', { U: 'mysql://root:hunter2@db' });
    expect(problems).toHaveLength(1);
    expect(problems.join()).not.toContain('hunter2');
  });
});

describe('dashboards', () => {
  const dashboardsOf = (yaml: string) =>
    toConfiguredServices(parseServices({ text: yaml, file: 'services.yaml', environment: {} })).dashboards;

  it('are a path, or a path and the panels of KPIs', () => {
    const dashboards = dashboardsOf(
      'services: {a: {container: aa, grafana: d/x/y}, b: {container: bb, grafana: {dashboard: /d/x, panels: {cpu: 4}}}, c: {container: cc}}',
    );
    expect([...dashboards]).toEqual([
      ['a', { dashboard: 'd/x/y', panels: {} }],
      ['b', { dashboard: '/d/x', panels: { cpu: 4 } }],
    ]);
  });

  it.each(['https://grafana/d/x', '../admin', '{dashboard: d/x, panels: {cpus: 4}}'])(
    'refuse %s',
    (grafana) => {
      expect(() => dashboardsOf(`services: {a: {container: aa, grafana: ${grafana}}}`)).toThrow(
        /services.yaml/,
      );
    },
  );
});

describe('the interval of a service', () => {
  const intervalOf = (text: string) =>
    toConfiguredServices(parse(`services: {a: {container: aa${text}}}`)).services[0]?.sampleIntervalMs;

  it('is a duration up to five minutes, or that of all services', () => {
    expect([intervalOf(''), intervalOf(', sample_interval: 2m')]).toEqual([undefined, 120_000]);
  });

  it.each(['6m', '10ms', '30', 'often'])('refuses %s', (interval) => {
    expect(() => intervalOf(`, sample_interval: ${interval}`)).toThrow(/services.yaml/);
  });
});

describe('nginx', () => {
  const nginxOf = (fields: string) => {
    const [service] = toConfiguredServices(parse(`services: {proxy: {${fields}}}`)).services;
    return { role: service?.role, ...service?.targets.find(({ kind }) => kind === 'nginx') };
  };

  it.each<[string, string | undefined, boolean]>([
    ['url: "http://h:80/", nginx: {status: /nginx_status}', 'http://h:80/nginx_status', false],
    ['url: "http://h:80", nginx: {status: "http://h:8080/status"}', 'http://h:8080/status', false],
    ['nginx: {status: "http://h:8080/status"}', 'http://h:8080/status', false],
    ['container: proxy-1, nginx: {}', undefined, true],
    ['container: proxy-1, nginx: {log: container}', undefined, true],
    ['container: proxy-1, nginx: {log: none}', undefined, false],
  ])('%s', (fields, status, reads) => {
    const target = nginxOf(fields);
    expect(target).toMatchObject({ role: 'nginx', id: 'nginx:proxy' });
    expect('status' in target ? target.status : undefined).toBe(status);
    expect('container' in target ? target.container : undefined).toEqual(
      reads ? { name: 'proxy-1' } : undefined,
    );
  });

  it.each<[string, string]>([
    ['nginx: {status: /s}', 'services.proxy.nginx.status: a path needs a url'],
    ['url: "http://h", nginx: {status: "http://other/s"}', 'the status page must be on the host of the url'],
    ['url: "http://h", nginx: {status: "ftp://h/s"}', 'write the path of stub_status'],
    ['url: "http://h", nginx: {status: "http://me:secret@h/s"}', 'write the path of stub_status'],
    ['url: "http://h", nginx: {log: container}', 'log: container needs a container'],
    ['url: "http://h", nginx: {}', 'nginx needs a status page, or a container for its log'],
  ])('refuses %s', (fields, message) => {
    expect(problemsOf(`services: {proxy: {${fields}}}`).join()).toContain(message);
  });

  it.each([
    'services: {}} postgres://app:s3cret@h/shop',
    'services: { db: { "postgres://app:s3cret@h/shop": x } }',
  ])('never repeats a password, however the file is broken: %s', (text) => {
    const problems = problemsOf(text).join('\n');
    expect(problems).toMatch(/:\/\/…@h\/shop/);
    expect(problems).not.toContain('s3cret');
  });
});

import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { loadConfig } from '../src/config.ts';
import { VARIABLE_NAMES } from '../src/config-variables.ts';
import { InputError } from '../src/core/errors.ts';

const load = (env: Record<string, string>, terminal = false) => loadConfig(env, { terminal });

function problemsOf(env: Record<string, string>): readonly { path: string; message: string }[] {
  try {
    load(env);
  } catch (error) {
    if (error instanceof InputError) return error.problems;
    throw error;
  }
  return [];
}

describe('loadConfig', () => {
  it('needs nothing', () => {
    expect(load({})).toEqual({
      role: 'all',
      http: { host: '127.0.0.1', port: 3000 },
      channel: '#general',
      alerts: {},
      services: { path: 'services.yaml', required: false },
      playbookDirectories: ['playbooks'],
      timezone: 'UTC',
      log: { level: 'info', format: 'json' },
      dataDirectory: '.perfbot',
      sampleIntervalMs: 30_000,
      monitorAlerts: true,
      keepMs: 90 * 86_400_000,
      zone: 'default',
      secrets: [],
      warnings: [],
    });
    expect(load({}, true).log.format).toBe('pretty');
  });

  it('reads every variable', () => {
    const config = load({
      PORT: '0',
      HOST: '0.0.0.0',
      SLACK_BOT_TOKEN: 'xoxb-1-2',
      SLACK_SIGNING_SECRET: 'signing',
      SLACK_APP_TOKEN: 'xapp-1-2',
      SLACK_API_URL: 'http://127.0.0.1:4000/api/',
      PERFBOT_CHANNEL: 'C0123456789',
      DATABASE_URL: 'postgres://bot:p%40ss@db/perfbot',
      REDIS_URL: 'rediss://:cache-pass@redis:6379/1',
      ALERT_WEBHOOK_TOKEN: 'alert-token',
      ALERT_WEBHOOK_HMAC_SECRET: 'hmac-secret',
      DOCKER_HOST: 'tcp://proxy:2375',
      PROMETHEUS_URL: 'http://prometheus:9090/',
      JAEGER_URL: 'http://jaeger:16686',
      GRAFANA_URL: 'https://grafana.example.com/sub/',
      PERFBOT_SERVICES: 'inventory.yaml',
      PERFBOT_PLAYBOOKS: 'playbooks, more/playbooks',
      PERFBOT_TIMEZONE: 'Europe/Berlin',
      LOG_LEVEL: 'debug',
      LOG_FORMAT: 'pretty',
      PERFBOT_ROLE: 'worker',
      PERFBOT_DATA_DIR: '/var/lib/perfbot',
      PERFBOT_SAMPLE_INTERVAL: '1m',
      PERFBOT_ZONE: 'eu-1',
    });
    expect(config).toMatchObject({
      role: 'worker',
      http: { host: '0.0.0.0', port: 0 },
      slack: {
        botToken: 'xoxb-1-2',
        mode: { kind: 'socket', appToken: 'xapp-1-2' },
        apiUrl: 'http://127.0.0.1:4000/api/',
      },
      alerts: { token: 'alert-token', hmacSecret: 'hmac-secret' },
      prometheusUrl: 'http://prometheus:9090',
      grafanaUrl: 'https://grafana.example.com/sub',
      services: { path: 'inventory.yaml', required: true },
      playbookDirectories: ['playbooks', 'more/playbooks'],
      sampleIntervalMs: 60_000,
      zone: 'eu-1',
    });
    expect(config.secrets).toEqual(
      expect.arrayContaining([
        'xoxb-1-2',
        'signing',
        'xapp-1-2',
        'alert-token',
        'hmac-secret',
        'p@ss',
        'cache-pass',
      ]),
    );
  });

  it('takes the signing secret when there is no app token', () => {
    const config = load({ SLACK_BOT_TOKEN: 'xoxb-1', SLACK_SIGNING_SECRET: 's', PERFBOT_CHANNEL: '#ops' });
    expect(config.slack?.mode).toEqual({ kind: 'http', signingSecret: 's' });
  });

  it('counts empty variables as not set', () => {
    expect(load({ PORT: '', SLACK_BOT_TOKEN: '  ', DATABASE_URL: '' })).toEqual(load({}));
  });

  it.each([
    ['PORT', '70000'],
    ['PORT', '3000x'],
    ['HOST', 'a b'],
    ['SLACK_BOT_TOKEN', 'xoxp-user'],
    ['SLACK_APP_TOKEN', 'xoxb-bot'],
    ['SLACK_API_URL', 'https://slack.example.com'],
    ['SLACK_API_URL', 'slack'],
    ['PERFBOT_CHANNEL', 'two words'],
    ['DATABASE_URL', 'mysql://db/x'],
    ['REDIS_URL', 'localhost:6379'],
    ['DOCKER_HOST', 'ssh://host'],
    ['PROMETHEUS_URL', 'prometheus:9090'],
    ['JAEGER_URL', 'ftp://jaeger'],
    ['GRAFANA_URL', '/grafana'],
    ['PERFBOT_TIMEZONE', 'Berlin'],
    ['PERFBOT_TIMEZONE', '+02:00'],
    ['LOG_LEVEL', 'loud'],
    ['LOG_FORMAT', 'xml'],
    ['PERFBOT_ROLE', 'both'],
    ['PERFBOT_SAMPLE_INTERVAL', '30'],
    ['PERFBOT_SAMPLE_INTERVAL', '10ms'],
    ['PERFBOT_ZONE', 'EU West'],
  ])('refuses %s=%s and says how to mend it', (name, value) => {
    const problem = problemsOf({ [name]: value }).find(({ path }) => path === name);
    expect(problem?.message).toMatch(/write|must|begin/);
  });

  it('lists every problem at once: wrong values and missing variables', () => {
    const problems = problemsOf({
      PORT: 'x',
      LOG_LEVEL: 'loud',
      SLACK_BOT_TOKEN: 'xoxb-1',
      HOST: '0.0.0.0',
      PERFBOT_ROLE: 'web',
    });
    expect(problems.map(({ path }) => path).sort()).toEqual([
      'ALERT_WEBHOOK_TOKEN',
      'DATABASE_URL',
      'LOG_LEVEL',
      'PERFBOT_CHANNEL',
      'PORT',
      'SLACK_SIGNING_SECRET',
    ]);
  });

  it.each(['localhost', '127.0.0.1', '127.1.2.3', '::1'])('asks for no alert token on %s', (host) => {
    expect(problemsOf({ HOST: host })).toEqual([]);
  });

  it('is content with the signature secret in place of the token', () => {
    expect(problemsOf({ HOST: '0.0.0.0', ALERT_WEBHOOK_HMAC_SECRET: 'x' })).toEqual([]);
  });

  it('never shows a secret in a problem', () => {
    const problems = problemsOf({
      SLACK_BOT_TOKEN: 'xoxp-hidden',
      DATABASE_URL: 'mysql://u:hidden@db/x',
      REDIS_URL: 'hidden',
    });
    expect(JSON.stringify(problems)).not.toContain('hidden');
  });

  it('warns of what has no effect', () => {
    const { warnings } = load({ SLACK_APP_TOKEN: 'xapp-1', PERFBOT_CHANEL: '#ops' });
    expect(warnings.map(({ path }) => path)).toEqual(['PERFBOT_CHANEL', 'SLACK_APP_TOKEN']);
  });
});

describe('readEnvironment', () => {
  it('adds what a .env file says, and lets variables that are set win', () => {
    const directory = mkdtempSync(join(tmpdir(), 'perfbot-env-'));
    writeFileSync(join(directory, '.env'), 'PORT=4001\nHOST=from-file\n');
    const config = new URL('../src/config.ts', import.meta.url).pathname;
    const code = `import(${JSON.stringify(config)}).then(({ readEnvironment }) => {
      const { PORT, HOST } = readEnvironment();
      console.log(PORT, HOST);
    });`;
    const tsx = new URL('../node_modules/.bin/tsx', import.meta.url).pathname;
    const env = { ...process.env, HOST: 'from-shell' };
    expect(execFileSync(tsx, ['-e', code], { cwd: directory, env, encoding: 'utf8' }).trim()).toBe(
      '4001 from-shell',
    );
    rmSync(directory, { recursive: true });
  });
});

describe('.env.example', () => {
  const lines = readFileSync(new URL('../.env.example', import.meta.url), 'utf8').split('\n');
  const entries = lines.flatMap((line) =>
    /^# ([A-Z][A-Z0-9_]+)=(.*)$/.exec(line) ? [line.slice(2).split(/=(.*)/)] : [],
  );

  it('lists exactly the variables that are read', () => {
    expect(entries.map(([name]) => name).sort()).toEqual([...VARIABLE_NAMES].sort());
  });

  it('holds values that are valid', () => {
    const values = Object.fromEntries(entries.map(([name = '', value = '']) => [name, value]));
    expect(problemsOf(values)).toEqual([]);
  });
});

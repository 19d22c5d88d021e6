import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { stringify } from 'yaml';

/** A server of a test, in a temporary directory. */
export interface TestServer {
  readonly url: string;
  readonly port: number;
  close(): Promise<void>;
}

export interface PrometheusSetup {
  /** Content of a rule file: `{ groups: […] }`; evaluated every second. */
  readonly rules?: object;
  /** What is scraped every second; `targets` are `host:port`. */
  readonly scrapes: readonly {
    readonly job: string;
    readonly targets: readonly string[];
    readonly path?: string;
    readonly labels?: Readonly<Record<string, string>>;
  }[];
  /** Alertmanagers as `host:port`. */
  readonly alertmanagers?: readonly string[];
}

/** Starts a real Prometheus on a free port that scrapes every second. */
export async function startPrometheus(setup: PrometheusSetup): Promise<TestServer> {
  const directory = mkdtempSync(join(tmpdir(), 'perfbot-prometheus-'));
  const port = await freePort();
  const { rules, scrapes, alertmanagers = [] } = setup;
  writeFileSync(
    join(directory, 'prometheus.yml'),
    stringify({
      global: { scrape_interval: '1s', scrape_timeout: '1s', evaluation_interval: '1s' },
      ...(rules && { rule_files: ['rules.yml'] }),
      scrape_configs: scrapes.map(({ job, targets, path = '/metrics', labels = {} }) => ({
        job_name: job,
        metrics_path: path,
        static_configs: [{ targets, labels }],
      })),
      ...(alertmanagers.length > 0 && {
        alerting: { alertmanagers: [{ static_configs: [{ targets: alertmanagers }] }] },
      }),
    }),
  );
  if (rules) writeFileSync(join(directory, 'rules.yml'), stringify(rules));
  const child = spawn(
    'prometheus',
    [
      `--config.file=${directory}/prometheus.yml`,
      `--storage.tsdb.path=${directory}/data`,
      `--web.listen-address=127.0.0.1:${port}`,
      // Alertmanagers become known a few seconds after the first alerts, which are then sent again.
      '--rules.alert.resend-delay=1s',
      '--log.level=error',
    ],
    { stdio: ['ignore', 'ignore', 'pipe'] },
  );
  return ready({ child, directory, port });
}

/** Starts a real Alertmanager on a free port. `config` is its configuration file as an object. */
export async function startAlertmanager({ config }: { readonly config: object }): Promise<TestServer> {
  const directory = mkdtempSync(join(tmpdir(), 'perfbot-alertmanager-'));
  const port = await freePort();
  writeFileSync(join(directory, 'alertmanager.yml'), stringify(config));
  const child = spawn(
    'prometheus-alertmanager',
    [
      `--config.file=${directory}/alertmanager.yml`,
      `--storage.path=${directory}/data`,
      `--web.listen-address=127.0.0.1:${port}`,
      '--cluster.listen-address=',
      '--log.level=error',
    ],
    { stdio: ['ignore', 'ignore', 'pipe'] },
  );
  return ready({ child, directory, port });
}

async function ready(options: {
  readonly child: ChildProcess;
  readonly directory: string;
  readonly port: number;
}): Promise<TestServer> {
  const { child, directory, port } = options;
  const url = `http://127.0.0.1:${port}`;
  let complaint = '';
  child.stderr?.on('data', (chunk: Buffer) => {
    complaint = `${complaint}${chunk}`.slice(-2000);
  });
  const close = async () => {
    if (child.exitCode === null && child.signalCode === null) {
      child.kill('SIGTERM');
      await once(child, 'exit');
    }
    rmSync(directory, { recursive: true, force: true });
  };
  const deadline = Date.now() + 20_000;
  while (!(await isReady(url))) {
    if (child.exitCode !== null || Date.now() > deadline) {
      await close();
      throw new Error(`the server on port ${port} did not become ready: ${complaint}`);
    }
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  return { url, port, close };
}

async function isReady(url: string): Promise<boolean> {
  return fetch(`${url}/-/ready`).then(
    async (response) => {
      await response.arrayBuffer();
      return response.ok;
    },
    () => false,
  );
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  await new Promise((resolve) => server.close(resolve));
  if (address === null || typeof address === 'string') throw new Error('no free port');
  return address.port;
}

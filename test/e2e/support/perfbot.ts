import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { freePort } from '../../support/free-port.ts';
import { buildPerfbot, ROOT } from './build-perfbot.ts';
import { type WorkspaceClient, workspaceClient } from './workspace-client.ts';

const READY_MS = 60_000;
const KEPT_LOG = 2_000_000;

export interface PerfbotOptions {
  readonly env?: Readonly<Record<string, string>>;
  /** Content of `services.yaml`; without it perfbot knows what Docker shows. */
  readonly servicesYaml?: string;
  /** Folder of an earlier one that was killed; default: a new folder, removed by `stop`. */
  readonly directory?: string;
  /** Port of an earlier one; default: a free one. */
  readonly port?: number;
  /** What Node runs; default: the built program. */
  readonly program?: readonly string[];
}

export interface Perfbot extends WorkspaceClient {
  /** With a slash at the end. */
  readonly url: string;
  readonly port: number;
  readonly directory: string;
  /** Standard error so far. */
  log(): string;
  get(path: string): Promise<string>;
  /** SIGTERM; answers the exit code and how long it took. Removes the folder unless it is to be kept. */
  stop(options?: { readonly keep?: boolean }): Promise<{ readonly code: number | null; readonly ms: number }>;
  /** SIGKILL; the folder stays. */
  kill9(): Promise<void>;
}

/** Starts perfbot as users do, with nothing in its environment but what a test gives it, and waits until it is ready. */
export async function startPerfbot(options: PerfbotOptions = {}): Promise<Perfbot> {
  if (options.directory === undefined && options.program === undefined) await buildPerfbot();
  const directory = options.directory ?? mkdtempSync(join(tmpdir(), 'perfbot-e2e-'));
  const port = options.port ?? (await freePort());
  if (options.servicesYaml !== undefined)
    writeFileSync(join(directory, 'services.yaml'), options.servicesYaml);
  const child = spawn(process.execPath, [...(options.program ?? [join(ROOT, 'dist/main.js')])], {
    cwd: directory,
    env: perfbotEnvironment(directory, { PORT: String(port), ...options.env }),
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const output = collectOutput(child);
  const exited = once(child, 'exit');
  const url = `http://127.0.0.1:${port}/`;
  await ready(child, output);
  const end = async (signal: 'SIGTERM' | 'SIGKILL') => {
    const began = Date.now();
    if (child.exitCode === null && child.signalCode === null) child.kill(signal);
    await exited;
    return { code: child.exitCode, ms: Date.now() - began };
  };
  return {
    ...workspaceClient(url),
    url,
    port,
    directory,
    log: () => output.stderr,
    async get(path) {
      const answer = await fetch(new URL(path, url));
      return answer.text();
    },
    async stop({ keep = false } = {}) {
      const result = await end('SIGTERM');
      if (!keep) removeDirectory(directory);
      return result;
    },
    async kill9() {
      await end('SIGKILL');
    },
  };
}

/** The environment of a perfbot of a test. */
export function perfbotEnvironment(
  directory: string,
  env: Readonly<Record<string, string>> = {},
): Record<string, string> {
  return {
    PATH: process.env.PATH ?? '',
    HOME: process.env.HOME ?? '/',
    LOG_FORMAT: 'json',
    PERFBOT_DATA_DIR: join(directory, '.perfbot'),
    PERFBOT_PLAYBOOKS: join(ROOT, 'playbooks'),
    // Other containers of a busy machine would raise alerts of their own between those of a test.
    PERFBOT_MONITOR_ALERTS: 'off',
    ...env,
  };
}

/** What a killed perfbot leaves behind is stopped by the one that starts next; at the end the test removes the folder. */
export function removeDirectory(directory: string): void {
  if (existsSync(directory))
    rmSync(directory, { recursive: true, force: true, maxRetries: 5, retryDelay: 200 });
}

interface Output {
  stdout: string;
  stderr: string;
}

function collectOutput(child: ChildProcess): Output {
  const output: Output = { stdout: '', stderr: '' };
  child.stdout?.on('data', (chunk: Buffer) => {
    output.stdout += chunk;
  });
  child.stderr?.on('data', (chunk: Buffer) => {
    output.stderr = `${output.stderr}${chunk}`.slice(-KEPT_LOG);
  });
  return output;
}

async function ready(child: ChildProcess, output: Output): Promise<void> {
  const deadline = Date.now() + READY_MS;
  while (!/perfbot is ready: open http:\/\//.test(output.stdout)) {
    const ended = child.exitCode !== null || child.signalCode !== null;
    if (ended || Date.now() > deadline) {
      child.kill('SIGKILL');
      throw new Error(`perfbot did not become ready (exit ${child.exitCode}): ${output.stderr.slice(-4000)}`);
    }
    await new Promise((resolve) => setTimeout(resolve, 25));
  }
}

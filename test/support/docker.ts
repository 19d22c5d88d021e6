import { execFile, execFileSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);

export interface ContainerOptions {
  /** Default: node and a few shell tools, made from what this machine has (`PERFBOT_TEST_NODE`). Any other image must be there already: nothing is pulled. */
  readonly image?: string;
  /** Default: a name that no other test has. */
  readonly name?: string;
  readonly cmd: readonly string[];
  /** Cores, as `--cpus`. */
  readonly cpus?: number;
  /** Bytes or Docker's notation (`64m`); swap is the same, so that the limit really holds. */
  readonly memory?: string | number;
  readonly env?: Readonly<Record<string, string>>;
  readonly labels?: Readonly<Record<string, string>>;
  /** As `--publish`: `127.0.0.1::3000` takes a free port, see `port()`. */
  readonly ports?: readonly string[];
  /** As `--restart`: `always`, `on-failure:5`. */
  readonly restart?: string;
  readonly healthcheck?: {
    readonly cmd: string;
    readonly interval?: string;
    readonly timeout?: string;
    readonly retries?: number;
  };
  readonly tty?: boolean;
  /** Files that appear under `/app`, by name. */
  readonly files?: Readonly<Record<string, string>>;
  /** More arguments for `docker run`, for example `['--ulimit', 'nofile=64']`. */
  readonly args?: readonly string[];
}

export interface TestContainer {
  readonly id: string;
  readonly name: string;
  /** Host port that a container port is published on. */
  port(containerPort: number): Promise<number>;
  /** Standard output of a command in the container. */
  exec(...command: readonly string[]): Promise<string>;
  /** One field of `docker inspect`, by Go template: `{{.State.Status}}`. */
  inspect(template: string): Promise<string>;
  /** Waits until a field of `docker inspect` has the value. */
  waitFor(template: string, value: string, timeoutMs?: number): Promise<void>;
  /** Waits until the logs hold the text. */
  waitForLog(text: string, timeoutMs?: number): Promise<void>;
  /** Sends a signal to the main process, as `docker kill --signal`. */
  signal(name: string): Promise<void>;
  /** As `docker stop`, killed after a second. */
  stop(): Promise<void>;
  remove(): Promise<void>;
}

/** Builds the image unless it is there, and answers its name; two test files that do it at once only do it twice. */
function ensureTestImage(): string {
  const script = join(import.meta.dirname, '../../scripts/test-images.sh');
  return execFileSync(script, { stdio: ['ignore', 'pipe', 'inherit'], encoding: 'utf8' }).trim();
}

/** Starts a container labelled `perfbot-test`; call `remove()` in the test's clean-up. */
export async function startContainer(options: ContainerOptions): Promise<TestContainer> {
  const image = options.image ?? ensureTestImage();
  const name = options.name ?? `perfbot-test-${randomBytes(4).toString('hex')}`;
  const app = options.files ? mkdtempSync(join(tmpdir(), 'perfbot-app-')) : undefined;
  for (const [file, text] of Object.entries(options.files ?? {})) writeFileSync(join(app ?? '', file), text);
  const id = await docker('run', '--detach', ...runArguments({ ...options, image }, name, app));
  const inspect = (template: string) => docker('inspect', '--format', template, id);
  return {
    id,
    name,
    inspect,
    async port(containerPort) {
      const published = await docker('port', id, String(containerPort));
      return Number(published.split('\n')[0]?.split(':').at(-1));
    },
    exec: (...command) => docker('exec', id, ...command),
    waitFor: (template, value, timeoutMs) =>
      eventually(
        async () => (await inspect(template)) === value,
        `${name}: ${template} = ${value}`,
        timeoutMs,
      ),
    waitForLog: (text, timeoutMs) =>
      eventually(async () => (await logsOf(id)).includes(text), `${name}: log has "${text}"`, timeoutMs),
    async signal(signal) {
      await docker('kill', '--signal', signal, id);
    },
    async stop() {
      await docker('stop', '--time', '1', id);
    },
    async remove() {
      await docker('rm', '--force', '--volumes', id);
      if (app !== undefined) rmSync(app, { recursive: true, force: true });
    },
  };
}

function runArguments(
  options: ContainerOptions & { readonly image: string },
  name: string,
  app: string | undefined,
): readonly string[] {
  const { cpus, memory, env = {}, labels = {}, ports = [], restart, healthcheck, tty } = options;
  const args = ['--name', name, '--label', 'perfbot-test', '--stop-timeout', '1', '--pull', 'never'];
  if (cpus !== undefined) args.push('--cpus', String(cpus));
  if (memory !== undefined) args.push('--memory', String(memory), '--memory-swap', String(memory));
  for (const [key, value] of Object.entries(env)) args.push('--env', `${key}=${value}`);
  for (const [key, value] of Object.entries(labels)) args.push('--label', `${key}=${value}`);
  for (const port of ports) args.push('--publish', port);
  if (restart !== undefined) args.push('--restart', restart);
  if (healthcheck !== undefined) {
    args.push('--health-cmd', healthcheck.cmd, '--health-interval', healthcheck.interval ?? '500ms');
    args.push(
      '--health-timeout',
      healthcheck.timeout ?? '1s',
      '--health-retries',
      String(healthcheck.retries ?? 1),
    );
  }
  if (tty === true) args.push('--tty');
  if (app !== undefined) args.push('--volume', `${app}:/app:ro`);
  return [...args, ...(options.args ?? []), options.image, ...options.cmd];
}

/** A network of its own, whose addresses no other test takes. */
export async function createNetwork(): Promise<{ readonly name: string; remove(): Promise<void> }> {
  const name = `perfbot-test-${randomBytes(4).toString('hex')}`;
  await docker('network', 'create', '--label', 'perfbot-test', name);
  return {
    name,
    async remove() {
      await docker('network', 'rm', name);
    },
  };
}

async function docker(...args: readonly string[]): Promise<string> {
  const { stdout } = await run('docker', [...args], { timeout: 30_000, maxBuffer: 16 * 1024 * 1024 });
  return stdout.trim();
}

async function logsOf(id: string): Promise<string> {
  const { stdout, stderr } = await run('docker', ['logs', id], { maxBuffer: 64 * 1024 * 1024 });
  return stdout + stderr;
}

async function eventually(isTrue: () => Promise<boolean>, what: string, timeoutMs = 10_000): Promise<void> {
  const deadline = Date.now() + timeoutMs;
  while (!(await isTrue())) {
    if (Date.now() > deadline) throw new Error(`Not within ${timeoutMs} ms: ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}

import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startContainer, type TestContainer } from './docker.ts';

const NGINX = '/usr/sbin/nginx';

export interface NginxSetup {
  /** What stands in `http { }`: servers, log formats. */
  readonly http: string;
  /** Per worker; there is one. Default 256. */
  readonly connections?: number;
}

/** An nginx of this machine. */
export interface TestNginx {
  /** Lines of `access_log FOLDER/access.log`; write `FOLDER` in the configuration. */
  accessLog(): readonly string[];
  close(): Promise<void>;
}

/** Starts this machine's nginx in a folder of its own; it listens where `http` says. */
export async function startNginx(setup: NginxSetup): Promise<TestNginx> {
  const folder = mkdtempSync(join(tmpdir(), 'perfbot-nginx-'));
  const file = join(folder, 'nginx.conf');
  writeFileSync(file, configuration(setup, folder));
  const child = spawn(NGINX, ['-e', 'stderr', '-p', folder, '-c', file], {
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  await started(child);
  return {
    accessLog: () => readFileSync(join(folder, 'access.log'), 'utf8').split('\n').filter(Boolean),
    async close() {
      child.kill('SIGTERM');
      if (child.exitCode === null) await once(child, 'exit');
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

/** Starts this machine's nginx in a container; its logs are those of the container. */
export function startNginxContainer(
  setup: NginxSetup & { readonly network: string; readonly args?: readonly string[] },
): Promise<TestContainer> {
  const libraries = execFileSync('ldd', [NGINX], { encoding: 'utf8' }).match(/\/[^ )]+/g) ?? [];
  const files = [NGINX, ...libraries.filter((library) => !/\/ld-/.test(library))];
  return startContainer({
    cmd: [NGINX, '-e', 'stderr', '-c', '/app/nginx.conf'],
    files: { 'nginx.conf': configuration(setup, '/tmp') },
    args: [
      '--network',
      setup.network,
      ...(setup.args ?? []),
      ...files.flatMap((path) => ['--volume', `${path}:${path}:ro`]),
    ],
  });
}

function configuration({ http, connections = 256 }: NginxSetup, folder: string): string {
  const temporary = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi'];
  return `
user root;
daemon off;
worker_processes 1;
pid ${folder}/nginx.pid;
error_log stderr notice;
events { worker_connections ${connections}; }
http {
  ${temporary.map((name) => `${name}_temp_path ${folder}/${name};`).join(' ')}
  ${http.replaceAll('FOLDER', folder)}
}`;
}

/** The worker says that it runs in the log. */
async function started(child: ChildProcess): Promise<void> {
  let said = '';
  child.stderr?.on('data', (chunk: Buffer) => {
    said = `${said}${chunk}`.slice(-4000);
  });
  const deadline = Date.now() + 10_000;
  while (!said.includes('start worker process')) {
    if (child.exitCode !== null || Date.now() > deadline) throw new Error(`nginx did not start: ${said}`);
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

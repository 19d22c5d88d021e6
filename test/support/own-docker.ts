import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** A Docker engine of one test file, with a disk of its own that the file may fill. */
export interface OwnDocker {
  /** As DOCKER_HOST. */
  readonly host: string;
  /** An image of so many bytes that no container uses. */
  addImage(name: string, bytes: number): void;
  /** A volume of so many bytes that no container has. */
  addVolume(name: string, bytes: number): void;
  stop(): Promise<void>;
}

/**
 * Starts a second dockerd whose root directory is a small file system in memory. It lives in a network namespace of its
 * own: a dockerd that is told to have no bridge takes `docker0` away from the engine of the machine.
 */
export async function startOwnDocker({ megabytes }: { readonly megabytes: number }): Promise<OwnDocker> {
  const folder = mkdtempSync(join(tmpdir(), 'perfbot-dockerd-'));
  const [root, socket] = [join(folder, 'root'), join(folder, 'docker.sock')];
  mkdirSync(root);
  execFileSync('mount', ['-t', 'tmpfs', '-o', `size=${megabytes}m`, 'tmpfs', root]);
  const host = `unix://${socket}`;
  const places = ['--data-root', root, '--exec-root', join(folder, 'exec'), '--pidfile', join(folder, 'pid')];
  const noNetwork = ['--bridge', 'none', '--iptables=false', '--ip6tables=false'];
  const options = ['-H', host, ...places, ...noNetwork, '--storage-driver', 'vfs'];
  const daemon = spawn('unshare', ['--net', 'dockerd', ...options], { stdio: 'ignore' });
  const docker = (...args: readonly string[]) =>
    execFileSync('docker', ['-H', host, ...args], { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] });
  const stop = async () => {
    daemon.kill('SIGTERM');
    if (daemon.exitCode === null) await once(daemon, 'exit');
    execFileSync('umount', [root]);
    rmSync(folder, { recursive: true, force: true });
  };
  await answers(() => docker('version'), stop);
  return {
    host,
    stop,
    addImage(name, bytes) {
      const archive = join(folder, 'image.tar');
      writeFileSync(join(folder, 'layer'), Buffer.alloc(bytes));
      execFileSync('tar', ['-C', folder, '-cf', archive, 'layer']);
      docker('import', archive, name);
      rmSync(archive);
    },
    addVolume(name, bytes) {
      docker('volume', 'create', name);
      writeFileSync(join(root, 'volumes', name, '_data', 'rows'), Buffer.alloc(bytes));
    },
  };
}

async function answers(ask: () => unknown, stop: () => Promise<void>): Promise<void> {
  const deadline = Date.now() + 20_000;
  for (;;) {
    try {
      ask();
      return;
    } catch (error) {
      if (Date.now() > deadline) {
        await stop();
        throw new Error('the second dockerd does not answer', { cause: error });
      }
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
  }
}

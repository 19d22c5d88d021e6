import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
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
 * Keeps the engine and its disk, and takes both away when it is told to end: by the test, or by the kernel when the
 * test process is gone. Arguments: megabytes, the folder, those of dockerd.
 */
const KEEPER = `
  folder=$1 && mount -t tmpfs -o "size=$0m" tmpfs "$folder/root" && shift || exit 1
  unshare --net dockerd "$@" &
  daemon=$!
  trap 'kill $daemon' TERM INT HUP
  wait $daemon
  # The signal ends the first wait, not dockerd.
  wait $daemon
  umount --lazy "$folder/root"
  rm -rf "$folder"
`;

/**
 * Starts a second dockerd whose root directory is a small file system in memory. It shares nothing with the engine of
 * the machine: a dockerd that is told to have no bridge takes `docker0` away, so it has a network namespace of its own;
 * where both find the same containerd, it has a namespace of its own in that.
 */
export async function startOwnDocker({ megabytes }: { readonly megabytes: number }): Promise<OwnDocker> {
  const folder = mkdtempSync(join(tmpdir(), 'perfbot-dockerd-'));
  const root = join(folder, 'root');
  mkdirSync(root);
  const host = `unix://${join(folder, 'docker.sock')}`;
  const options = [
    ...[
      '-H',
      host,
      '--data-root',
      root,
      '--exec-root',
      join(folder, 'exec'),
      '--pidfile',
      join(folder, 'pid'),
    ],
    ...['--storage-driver', 'vfs', '--bridge', 'none', '--iptables=false', '--ip6tables=false'],
    ...['--containerd-namespace', 'perfbot-test', '--containerd-plugins-namespace', 'perfbot-test-plugins'],
  ];
  const keeper = spawn(
    'setpriv',
    ['--pdeathsig', 'TERM', 'sh', '-c', KEEPER, String(megabytes), folder, ...options],
    { stdio: 'ignore' },
  );
  const docker = (...args: readonly string[]) =>
    execFileSync('docker', ['-H', host, ...args], { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] });
  const stop = () => end(keeper);
  await answers(keeper, () => docker('version'));
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

const isRunning = ({ exitCode, signalCode }: ChildProcess) => exitCode === null && signalCode === null;

async function end(keeper: ChildProcess): Promise<void> {
  if (!isRunning(keeper)) return;
  const ended = once(keeper, 'exit');
  keeper.kill('SIGTERM');
  await ended;
}

async function answers(keeper: ChildProcess, ask: () => unknown): Promise<void> {
  const deadline = Date.now() + 60_000;
  for (;;) {
    try {
      ask();
      return;
    } catch (error) {
      if (Date.now() > deadline || !isRunning(keeper)) {
        await end(keeper);
        throw new Error('the second dockerd does not answer', { cause: error });
      }
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
  }
}

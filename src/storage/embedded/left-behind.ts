import { execFile } from 'node:child_process';
import { readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { promisify } from 'node:util';
import { startFailure } from './cluster.ts';

const run = promisify(execFile);

const FAST_MS = 10_000;
const IMMEDIATE_MS = 5000;

/**
 * Stops the server that a killed perfbot left running on a data folder, so that there are never two. A pid file that
 * names a process of somebody else (the number was given out again) is removed; PostgreSQL would trust it.
 * Answers whether there was one. The caller holds the lock of the folder.
 */
export async function stopLeftBehind(data: string): Promise<boolean> {
  const pidFile = join(data, 'postmaster.pid');
  const pid = Number((await readFile(pidFile, 'utf8').catch(() => '')).split('\n')[0]);
  if (!Number.isInteger(pid) || pid <= 1 || !isAlive(pid)) return false;
  if (!(await commandOf(pid)).includes(data)) {
    await rm(pidFile, { force: true });
    return false;
  }
  // SIGINT: end sessions and write everything; SIGQUIT: leave at once, and recover at the next start.
  if (await ends(pid, 'SIGINT', FAST_MS)) return true;
  if (await ends(pid, 'SIGQUIT', IMMEDIATE_MS)) return true;
  throw startFailure(`an older server (process ${pid}) does not stop`);
}

async function ends(pid: number, signal: NodeJS.Signals, withinMs: number): Promise<boolean> {
  const deadline = Date.now() + withinMs;
  if (isAlive(pid)) process.kill(pid, signal);
  while (isAlive(pid)) {
    if (Date.now() > deadline) return false;
    await pause(20);
  }
  return true;
}

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}

async function commandOf(pid: number): Promise<string> {
  if (process.platform === 'linux') return readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => '');
  const { stdout } = await run('ps', ['-p', String(pid), '-o', 'command=']).catch(() => ({ stdout: '' }));
  return stdout;
}

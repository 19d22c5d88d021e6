import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { ROOT } from './build-perfbot.ts';
import { perfbotEnvironment } from './perfbot.ts';

export interface TerminalResult {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs the terminal program in a folder and waits for its end. */
export async function runTerminal(
  directory: string,
  args: readonly string[],
  env: Readonly<Record<string, string>> = {},
): Promise<TerminalResult> {
  const child = spawn(process.execPath, [join(ROOT, 'bin/perfbot.js'), ...args], {
    cwd: directory,
    env: perfbotEnvironment(directory, env),
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let stdout = '';
  let stderr = '';
  child.stdout.on('data', (chunk: Buffer) => {
    stdout += chunk;
  });
  child.stderr.on('data', (chunk: Buffer) => {
    stderr += chunk;
  });
  await once(child, 'close');
  return { code: child.exitCode, stdout, stderr };
}

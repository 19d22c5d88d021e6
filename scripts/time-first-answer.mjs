// Measures what somebody who tries perfbot waits for: clones the repository, runs `npm ci` and `npm start`, types
// `/perf status` in the local workspace, and prints the seconds. Usage: node scripts/time-first-answer.mjs
import { execFileSync, spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { cpus, tmpdir, totalmem } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';

const LIMIT_MS = 180_000;
const repository = fileURLToPath(new URL('..', import.meta.url));
const folder = mkdtempSync(join(tmpdir(), 'perfbot-first-answer-'));
const clone = join(folder, 'perfbot');
const started = performance.now();
const seconds = (since) => ((performance.now() - since) / 1000).toFixed(1);

try {
  run('git', ['clone', '--quiet', repository, clone], folder);
  print('git clone', started);
  const installing = performance.now();
  run('npm', ['ci', '--no-audit', '--no-fund', '--loglevel=error'], clone);
  print('npm ci', installing);
  const starting = performance.now();
  const perfbot = spawn('npm', ['start', '--silent'], {
    cwd: clone,
    env: { ...process.env, PORT: '0', LOG_LEVEL: 'warn' },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  try {
    const url = await readyUrl(perfbot);
    print('npm start until ready (with the build)', starting);
    await askStatus(url);
  } finally {
    await stop(perfbot);
  }
  print('all together', started);
  process.stdout.write(
    `${cpus().length} x ${cpus()[0]?.model.trim()}, ${Math.round(totalmem() / 1e9)} GB, Node.js ${process.version}\n`,
  );
} finally {
  rmSync(folder, { recursive: true, force: true });
}

function run(command, args, cwd) {
  execFileSync(command, args, { cwd, stdio: ['ignore', 'ignore', 'inherit'], timeout: LIMIT_MS });
}

function print(what, since) {
  process.stdout.write(`${what}: ${seconds(since)} s\n`);
}

function readyUrl(perfbot) {
  return new Promise((resolve, reject) => {
    let text = '';
    perfbot.stdout.on('data', (chunk) => {
      text += chunk;
      const url = /open (http:\S+)/.exec(text)?.[1];
      if (url) resolve(url);
    });
    perfbot.once('exit', (code) => reject(new Error(`perfbot ended with ${code} before it was ready`)));
    setTimeout(() => reject(new Error('perfbot was not ready in time')), LIMIT_MS).unref();
  });
}

async function askStatus(url) {
  const before = await state(url);
  const bots = new Set(before.users.filter(({ isBot }) => isBot).map(({ id }) => id));
  const known = new Set(before.messages.map(({ ts }) => ts));
  const asked = performance.now();
  const response = await fetch(new URL('local/messages', url), {
    method: 'POST',
    headers: { 'content-type': 'application/json', 'x-perfbot-page': '1' },
    body: JSON.stringify({ channel: before.channels[0].id, text: '/perf status' }),
  });
  if (!response.ok) throw new Error(`/perf status was refused: ${response.status} ${await response.text()}`);
  const answer = async (isIt) => {
    while (performance.now() - asked < LIMIT_MS) {
      const { messages } = await state(url);
      if (messages.some((message) => bots.has(message.user) && !known.has(message.ts) && isIt(message)))
        return;
      await pause(50);
    }
    throw new Error('/perf status was not answered in time');
  };
  await answer(() => true);
  print('/perf status until the first message', asked);
  await answer(({ text }) => !/Looking/.test(text));
  print('/perf status until the whole answer', asked);
}

async function state(url) {
  return (await fetch(new URL('local/state', url))).json();
}

async function stop(perfbot) {
  if (perfbot.exitCode !== null) return;
  const gone = new Promise((resolve) => perfbot.once('exit', resolve));
  perfbot.kill('SIGTERM');
  await gone;
}

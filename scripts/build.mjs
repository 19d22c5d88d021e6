// Compiles src/ to dist/ and bundles the page of the local workspace. What has not changed since the last build is left alone.
import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));
const stateFile = join(root, 'dist', '.build.json');
const page = join(root, 'src', 'local-workspace', 'page');

const steps = [
  {
    name: 'program',
    inputs: [join(root, 'src'), join(root, 'tsconfig.json'), join(root, 'tsconfig.build.json')],
    leaveOut: page,
    output: join(root, 'dist', 'main.js'),
    command: ['typescript', 'bin/tsc', '-p', join(root, 'tsconfig.build.json')],
  },
  {
    name: 'page',
    inputs: [page, join(root, 'src', 'local-workspace', 'protocol.ts')],
    output: join(root, 'dist', 'local-workspace', 'page', 'index.html'),
    command: ['vite', 'bin/vite.js', 'build', '--logLevel', 'warn', '--config', join(page, 'vite.config.ts')],
  },
];

const known = existsSync(stateFile) ? JSON.parse(readFileSync(stateFile, 'utf8')) : {};
const results = await Promise.all(steps.map(build));
mkdirSync(dirname(stateFile), { recursive: true });
writeFileSync(stateFile, JSON.stringify(Object.assign({}, ...results.map(({ state }) => state))));
process.exit(results.every(({ ok }) => ok) ? 0 : 1);

async function build({ name, inputs, leaveOut, output, command: [packageName, entry, ...args] }) {
  const signature = signatureOf(inputs, leaveOut);
  if (known[name] === signature && existsSync(output)) return { ok: true, state: { [name]: signature } };
  const tool = toolOf(packageName, entry);
  if (tool === undefined) {
    // Installed without the development packages: what was built before is all there is.
    if (existsSync(output)) return { ok: true, state: { [name]: known[name] } };
    process.stderr.write(
      `The ${name} is not built and ${packageName} is not installed: run "npm ci" with the development packages.\n`,
    );
    return { ok: false, state: {} };
  }
  const { code, text } = await run(tool, args);
  if (code === 0) return { ok: true, state: { [name]: signature } };
  process.stderr.write(`Building the ${name} failed:\n${text}\n`);
  return { ok: false, state: {} };
}

function toolOf(packageName, entry) {
  try {
    return join(dirname(createRequire(import.meta.url).resolve(`${packageName}/package.json`)), entry);
  } catch {
    return undefined;
  }
}

function run(tool, args) {
  return new Promise((resolve) => {
    const child = spawn(process.execPath, [tool, ...args], {
      cwd: root,
      env: { ...process.env, NODE_ENV: 'production' },
    });
    let text = '';
    child.stdout.on('data', (chunk) => (text += chunk));
    child.stderr.on('data', (chunk) => (text += chunk));
    child.on('close', (code) => resolve({ code, text }));
  });
}

/** Names, sizes and times of all inputs in one hash. */
function signatureOf(inputs, leaveOut) {
  const hash = createHash('sha256');
  const add = (path) => {
    if (path === leaveOut || !existsSync(path)) return;
    const stats = statSync(path);
    if (stats.isDirectory()) for (const entry of readdirSync(path).sort()) add(join(path, entry));
    else hash.update(`${relative(root, path)} ${stats.size} ${stats.mtimeMs}\n`);
  };
  for (const input of inputs) add(input);
  return hash.digest('hex');
}

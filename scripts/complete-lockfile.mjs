// Adds to package-lock.json the optional packages of other platforms that npm leaves out when it cannot see them
// (npm/cli#4828), so that `npm ci` accepts the lock file everywhere. Run it after `npm install <package>`.
import { readFileSync, writeFileSync } from 'node:fs';

const OS = ['android', 'darwin', 'freebsd', 'linux', 'openharmony', 'win32'];
const CPU = ['arm64', 'arm', 'ia32', 'loong64', 'ppc64', 'riscv64', 's390x', 'wasm32', 'x64'];
const LIBC = { musl: 'musl', musleabihf: 'musl', gnu: 'glibc', gnueabihf: 'glibc' };

const file = new URL('../package-lock.json', import.meta.url);
const lock = JSON.parse(readFileSync(file, 'utf8'));
const added = Object.entries(lock.packages).flatMap(([path, entry]) =>
  Object.entries(entry.optionalDependencies ?? {})
    .filter(([name]) => !isLocked(path, name))
    .map(([name, range]) => [`node_modules/${name}`, toEntry(name, range, entry)]),
);
const [root, ...rest] = Object.entries({ ...lock.packages, ...Object.fromEntries(added) });
const sorted = rest.sort(([a], [b]) => a.localeCompare(b, 'en'));
writeFileSync(
  file,
  `${JSON.stringify({ ...lock, packages: Object.fromEntries([root, ...sorted]) }, null, 2)}\n`,
);
process.stdout.write(`${added.length} optional packages added\n`);

function isLocked(path, name) {
  const parts = path.split('/node_modules/');
  return [...parts.keys()]
    .map((depth) => `${parts.slice(0, depth + 1).join('/node_modules/')}/node_modules/${name}`)
    .concat(`node_modules/${name}`)
    .some((candidate) => candidate in lock.packages);
}

/** Their names tell the platform: `@scope/tool-linux-arm64-musl`. */
function toEntry(name, range, { dev, devOptional }) {
  const words = name.split(/[-/.]/);
  const one = (known) => words.filter((word) => known.includes(word)).slice(0, 1);
  const libc = words.flatMap((word) => LIBC[word] ?? []);
  const [os, cpu] = [one(OS), one(CPU)];
  if (os.length + cpu.length === 0) throw new Error(`${name}: the name tells no platform; add it by hand`);
  return {
    version: range.replace(/^[~^]/, ''),
    ...(cpu.length > 0 && { cpu }),
    ...(dev && { dev }),
    ...(devOptional && { devOptional }),
    ...(libc.length > 0 && os[0] === 'linux' && { libc }),
    optional: true,
    ...(os.length > 0 && { os }),
  };
}

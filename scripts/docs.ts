import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { openTargets } from '../src/app/targets.ts';
import { loadConfig } from '../src/config.ts';
import { loadPlaybooks } from '../src/playbooks/load-playbooks.ts';
import { badInputPage } from './bad-input.ts';
import { docsParts } from './docs-parts.ts';

const ROOT = join(import.meta.dirname, '..');
const LOG = { debug() {}, info() {}, warn() {}, error() {} };
const MARK = /(<!-- made:([a-z]+) -->)[\s\S]*?(<!-- end -->)/g;

/** Text of every page as it should be, by path from the root: parts between marks are made from the program. */
export async function writtenPages(): Promise<Readonly<Record<string, string>>> {
  const config = loadConfig({}, { terminal: false });
  const targets = await openTargets({
    config: { ...config, services: { path: 'absent.yaml', required: false } },
    environment: {},
    databaseUrl: undefined,
    log: LOG,
    now: Date.now,
  });
  try {
    const probes = [...targets.probes.values()];
    const directories = [join(ROOT, 'playbooks')];
    const { playbooks } = await loadPlaybooks({ directories, catalogue: probes });
    const parts = await docsParts({ probes, playbooks });
    return {
      ...filledPages(parts),
      'docs/bad-input.md': await badInputPage(probes),
    };
  } finally {
    await targets.close();
  }
}

function filledPages(parts: Readonly<Record<string, string>>): Readonly<Record<string, string>> {
  const inDocs = readdirSync(join(ROOT, 'docs')).filter((name) => name.endsWith('.md'));
  const paths = ['README.md', ...inDocs.map((name) => `docs/${name}`)];
  return Object.fromEntries(
    paths.map((path) => [
      path,
      readFileSync(join(ROOT, path), 'utf8').replace(MARK, (_, before, name, after) => {
        const part = parts[name];
        if (part === undefined) throw new Error(`${path}: nothing makes the part "${name}"`);
        return `${before}\n\n${part}\n\n${after}`;
      }),
    ]),
  );
}

if (process.argv[1]?.endsWith('docs.ts')) {
  for (const [path, text] of Object.entries(await writtenPages())) writeFileSync(join(ROOT, path), text);
}

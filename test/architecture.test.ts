import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, normalize } from 'node:path';
import { describe, expect, it } from 'vitest';

const root = join(import.meta.dirname, '..', 'src');

const ADAPTERS = [
  'charts',
  'ingress',
  'loadtest',
  'local-workspace',
  'playbooks',
  'probes',
  'queue',
  'slack',
  'storage',
] as const;

/**
 * What each folder may import besides itself; `.` stands for the files directly in src. Adapters know the core and the
 * engine, never each other; only the application knows them all.
 */
const ALLOWED: Readonly<Record<string, readonly string[]>> = {
  app: ['core', 'engine', ...ADAPTERS, '.'],
  core: [],
  engine: ['core'],
  ...Object.fromEntries(ADAPTERS.map((adapter) => [adapter, ['core', 'engine']])),
};

/** Packages that the core may use; everything else there is a leak of the outside world. */
const CORE_PACKAGES = ['node:crypto', 'zod'];

const IMPORT = /(?:^|\n)\s*(?:import|export)\b[^'";]*?from\s+'([^']+)'|import\('([^']+)'\)/g;

const files = readdirSync(root, { recursive: true, encoding: 'utf8' }).filter((name) => /\.tsx?$/.test(name));

function importsOf(file: string): readonly string[] {
  const text = readFileSync(join(root, file), 'utf8');
  return [...text.matchAll(IMPORT)].map(([, stated, dynamic]) => stated ?? dynamic ?? '');
}

/** Path below `src` that a relative import leads to. */
function resolved(file: string, specifier: string): string {
  return normalize(join(dirname(file), specifier));
}

describe('architecture', () => {
  it('has files in every layer', () => {
    for (const layer of Object.keys(ALLOWED)) {
      expect(
        files.some((file) => file.startsWith(`${layer}/`)),
        layer,
      ).toBe(true);
    }
  });

  it('knows every folder of src', () => {
    const folders = new Set(files.filter((file) => file.includes('/')).map((file) => file.split('/')[0]));
    expect([...folders].sort()).toEqual(Object.keys(ALLOWED).sort());
  });

  it.each(files.filter((file) => file.includes('/')))('%s imports downwards only', (file) => {
    const layer = file.split('/')[0] ?? '';
    const wrong = importsOf(file).filter((specifier) => {
      if (!specifier.startsWith('.')) return layer === 'core' && !CORE_PACKAGES.includes(specifier);
      const path = resolved(file, specifier);
      const target = path.includes('/') ? (path.split('/')[0] ?? '') : '.';
      return target !== layer && !ALLOWED[layer]?.includes(target);
    });
    expect(wrong).toEqual([]);
  });

  it('has no import cycle', () => {
    const graph = new Map(
      files.map((file) => [
        file,
        importsOf(file)
          .filter((specifier) => specifier.startsWith('.'))
          .map((specifier) => resolved(file, specifier)),
      ]),
    );
    const done = new Set<string>();
    const visit = (file: string, path: readonly string[]): void => {
      if (done.has(file)) return;
      expect(path, `cycle: ${[...path, file].join(' -> ')}`).not.toContain(file);
      for (const next of graph.get(file) ?? []) visit(next, [...path, file]);
      done.add(file);
    };
    for (const file of files) visit(file, []);
  });

  it('reads the environment in config.ts only', () => {
    const readers = files.filter((file) => /process\.env\b/.test(readFileSync(join(root, file), 'utf8')));
    expect(readers.filter((file) => file !== 'config.ts')).toEqual([]);
  });
});

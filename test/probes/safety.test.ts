import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import vm from 'node:vm';
import { describe, expect, it } from 'vitest';
import { ContainerDetails } from '../../src/probes/docker/schemas.ts';
import { LOOK_SCRIPT } from '../../src/probes/node/look-script.ts';
import { RELAY_SCRIPT } from '../../src/probes/node/relay-script.ts';
import {
  READ_EXPRESSION,
  START_EXPRESSION,
  STOP_EXPRESSION,
} from '../../src/probes/node/runtime-expressions.ts';

const SOURCE = join(import.meta.dirname, '../../src');

/** Every file of the source below a folder, by its path. */
function filesIn(folder: string): readonly { readonly path: string; readonly text: string }[] {
  return readdirSync(join(SOURCE, folder), { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.ts'))
    .map((name) => ({ path: `${folder}/${name}`, text: readFileSync(join(SOURCE, folder, name), 'utf8') }));
}

function pathsWith(folder: string, pattern: RegExp): readonly string[] {
  return filesIn(folder)
    .filter(({ text }) => pattern.test(text))
    .map(({ path }) => path);
}

describe('the source of the probes', () => {
  it('starts no process on this machine but the browser', () => {
    expect(pathsWith('probes', /node:child_process/)).toEqual(['probes/frontend/run-lighthouse.ts']);
  });

  it('runs fixed programs in containers, argument by argument, and no shell', () => {
    const lists = filesIn('probes').flatMap(({ text }) =>
      [...text.matchAll(/\bargv(?::| =) (\[[\s\S]*?\][,;) ])/g)].map(([, list = '']) => list),
    );
    expect(lists.length).toBeGreaterThan(1);
    for (const list of lists) {
      expect(list).not.toMatch(/'(?:\/bin\/)?(?:ba|da|a)?sh'|'-c'/);
      expect(list).not.toContain('${');
    }
  });

  it('gives what it runs in a container an end of its own', () => {
    for (const script of [LOOK_SCRIPT, RELAY_SCRIPT])
      expect(script).toMatch(/setTimeout\(function \(\) \{ process\.exit\(1\); \}, \w/);
  });

  it('measures how busy an event loop is without a profiler, which would make it busy', () => {
    const paths = pathsWith('probes/node', /'Profiler\.|HeapProfiler\./);
    expect(paths.filter((path) => /\/(runtime|look|relay|inspector)/.test(path))).toEqual([]);
  });

  it('takes no heap snapshot, never enables the debugger, and asks for no garbage collection', () => {
    const forbidden =
      /takeHeapSnapshot|writeHeapSnapshot|Debugger\.|HeapProfiler\.collectGarbage|--expose-gc/;
    expect(pathsWith('probes', forbidden)).toEqual([]);
  });

  it('asks PostgreSQL through one connection, in the extended protocol', () => {
    expect(pathsWith('probes/postgres', /\bnew (?:pg\.)?(?:Client|Pool)\b/)).toEqual([
      'probes/postgres/connection.ts',
    ]);
    expect(pathsWith('probes/postgres', /\bclient\.query\(/)).toEqual(['probes/postgres/connection.ts']);
    // Where an error says how it is mended, a person decides.
    const acting = pathsWith('probes/postgres', /pg_(?:terminate|cancel)_backend\(|pg_stat\w*_reset\(/);
    expect(acting.filter((path) => !path.endsWith('/errors.ts'))).toEqual([]);
  });

  it('asks Redis nothing that walks all keys, shows all commands or changes a setting', () => {
    const forbidden =
      /'(?:KEYS|MONITOR|FLUSHALL|FLUSHDB|DEBUG|EVAL)'|\.(?:keys|monitor|flushall|flushdb|debug|eval)\(|'CONFIG', '(?:SET|RESETSTAT)'|\.config\('SET|'RESET'/;
    const asking = /\bredis\b/i;
    const found = filesIn('probes/redis').filter(({ text }) => asking.test(text));
    expect(found.length).toBeGreaterThan(5);
    expect(
      pathsWith('probes/redis', forbidden).filter((path) => !path.endsWith('redact-command.ts')),
    ).toEqual([]);
  });
});

describe('what runs inside of a Node process', () => {
  const expressions = [START_EXPRESSION, READ_EXPRESSION, STOP_EXPRESSION];

  it.each(expressions)('is one synchronous expression', (expression) => {
    expect(() => new vm.Script(`(${expression})`)).not.toThrow();
    expect(expression).not.toMatch(
      /\basync\b|\bawait\b|Promise|setTimeout|setInterval|setImmediate|\.on\(|nextTick/,
    );
  });

  it.each(expressions)(
    'never throws into the application, also where nothing is as it should be',
    (expression) => {
      const answer: unknown = vm.runInNewContext(expression, {});
      expect(JSON.parse(String(answer))).toEqual({ error: expect.any(String) });
    },
  );
});

it('keeps of the environment and the command of a container only whether they changed and the heap limit of Node', () => {
  const details = (password: string) =>
    ContainerDetails.parse({
      Id: 'a'.repeat(64),
      Name: '/shop',
      Created: '2026-11-20T13:00:00Z',
      RestartCount: 0,
      Args: ['server.js', `--token=${password}`, '--max-old-space-size=200'],
      Config: {
        Env: [
          `DATABASE_URL=postgres://u:${password}@db/x`,
          `NODE_OPTIONS=--require=/opt/${password}.js --max-old-space-size=300`,
          `OTHER_NODE_OPTIONS=--max-old-space-size=900`,
        ],
        Image: 'shop',
      },
      State: {
        Status: 'running',
        Running: true,
        Restarting: false,
        OOMKilled: false,
        ExitCode: 0,
        Error: '',
        StartedAt: '2026-11-20T13:00:00Z',
        FinishedAt: '0001-01-01T00:00:00Z',
      },
      HostConfig: {},
    });
  const [one, two] = [details('hunter22'), details('hunter23')];
  expect(JSON.stringify(one)).not.toContain('hunter22');
  expect(one.Args).toEqual({ heapCap: 200 });
  expect(one.Config.Env).toEqual({ fingerprint: expect.any(String), heapCap: 300 });
  expect(one.Config.Env).not.toEqual(two.Config.Env);
  expect(one.Config.Env).toEqual(details('hunter22').Config.Env);
});

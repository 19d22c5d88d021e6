import { expect, it } from 'vitest';
import type { EvidenceTable } from '../../src/core/report.ts';
import { createRenderer } from '../../src/slack/create-renderer.ts';
import { report } from './support/examples.ts';

const renderer = createRenderer({ timezone: 'UTC' });
const threadWith = (table: EvidenceTable) =>
  JSON.stringify(
    renderer.thread(
      { ...report, tables: [table] },
      { threadOf: 'g', channel: 'C1', keyPrefix: 'run/r', firstPosition: 1 },
    ),
  );
const sql = (name: string, title: string) => ({ name, title, format: 'sql' }) as const;

it('says whose statement it is where a row has two', () => {
  const where = { probe: 'postgres.locks', service: 'shop-db', name: 'blocking', title: 'Lock waits' };
  const both = threadWith({
    ...where,
    columns: [sql('blocked_query', 'Waiting query'), sql('root_query', 'Last query of the root')],
    rows: [['update accounts set v = ?', 'select * from accounts']],
  });
  expect(both).toContain('-- Waiting query:\\nupdate accounts');
  expect(both).toContain('-- Last query of the root:\\nselect');
  const one = threadWith({ ...where, columns: [sql('query', 'Query')], rows: [['select now()']] });
  expect(one).toContain('"select now()"');
});

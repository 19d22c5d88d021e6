import { expect, it } from 'vitest';
import { mergeUnavailable } from '../../../src/core/report/merge-unavailable.ts';
import type { Unavailable } from '../../../src/core/report.ts';

const item = (probe: string, service: string, reason: string, mend?: string): Unavailable => ({
  probe,
  service,
  target: `t:${service}`,
  reason,
  ...(mend !== undefined && { mend }),
});
const said = (...items: readonly Unavailable[]) =>
  mergeUnavailable(items).map(({ probe, service, reason }) => `${probe} on ${service}: ${reason}`);

it('says one reason of one service once, and one of one probe once', () => {
  expect(
    said(
      item('postgres.locks', 'db', 'no connection left', 'free one'),
      item('docker.stats', 'api', 'no block I/O'),
      item('postgres.waits', 'db', 'no connection left', 'free one'),
      item('postgres.waits', 'db', 'no connection left', 'free one'),
      item('docker.stats', 'cache', 'no block I/O'),
    ),
  ).toEqual([
    'postgres.locks, postgres.waits on db: no connection left',
    'docker.stats on api, cache: no block I/O',
  ]);
});

it('keeps apart what is mended differently, and what differs in probe and service', () => {
  expect(
    said(
      item('postgres.locks', 'db', 'no right', 'GRANT a'),
      item('postgres.waits', 'db', 'no right', 'GRANT b'),
      item('redis.info', 'cache', 'no right', 'GRANT c'),
    ),
  ).toHaveLength(3);
});

import { describe, expect, it } from 'vitest';
import { createCleanUps } from '../../src/app/clean-ups.ts';
import { silentLog } from '../support/silent-log.ts';

describe('createCleanUps', () => {
  it('closes what was opened last first, once, whatever fails', async () => {
    const closed: string[] = [];
    const cleanUps = createCleanUps(silentLog);
    cleanUps.push('first', () => {
      closed.push('first');
    });
    cleanUps.push('fails', async () => {
      throw new Error('cannot close');
    });
    cleanUps.push('throws', () => {
      throw new Error('cannot close');
    });
    cleanUps.push('last', async () => {
      closed.push('last');
    });
    await cleanUps.run();
    await cleanUps.run();
    expect(closed).toEqual(['last', 'first']);
  });

  it('ends in time when everything hangs, and leaves the rest a share', async () => {
    const closed: string[] = [];
    const cleanUps = createCleanUps(silentLog);
    cleanUps.push('database', async () => {
      closed.push('database');
    });
    for (const name of ['queue', 'web', 'Slack']) cleanUps.push(name, () => new Promise(() => {}), 60_000);
    const startedAt = performance.now();
    await cleanUps.run(1200);
    // One after the other, each with all of the time, they would take 3600.
    expect(performance.now() - startedAt).toBeLessThan(3000);
    expect(closed).toEqual(['database']);
  });
});

import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { type App, startApp } from '../../src/app.ts';
import { loadConfig } from '../../src/config.ts';
import { type TestDatabase, testDatabase } from '../support/database.ts';
import { startContainer, type TestContainer } from '../support/docker.ts';
import { describeWith } from '../support/requirements.ts';
import { silentLog } from '../support/silent-log.ts';

const WITHIN_MS = 90_000;

describeWith(['docker'], 'the monitor alone, with default settings', () => {
  let test: TestDatabase;
  let app: App;
  let busy: TestContainer;
  const directory = mkdtempSync(join(tmpdir(), 'perfbot-monitor-'));
  beforeAll(async () => {
    test = await testDatabase();
    const settings = { PORT: '0', DATABASE_URL: test.connectionString, PERFBOT_DATA_DIR: directory };
    app = await startApp({
      config: loadConfig(settings, { terminal: false }),
      environment: {},
      log: silentLog,
    });
  });
  afterAll(async () => {
    await busy?.remove();
    await app?.stop();
    await test?.close();
    rmSync(directory, { recursive: true, force: true });
  });

  it(
    'makes a triaged thread of a container that burns its CPU in under 90 s',
    async () => {
      busy = await startContainer({ cpus: 0.1, cmd: ['node', '-e', 'for (;;) {}'] });
      const since = Date.now();
      // A machine that is busy with the burning may not answer a look; the next one counts.
      while (!(await isTold(test, busy.name).catch(() => false))) {
        expect(Date.now() - since, 'milliseconds since it burns').toBeLessThan(WITHIN_MS);
        await pause(500);
      }
      const [group] = await test.database.groups.recent({ service: busy.name, limit: 1 });
      expect(group).toMatchObject({ sender: 'perfbot', playbook: 'high-cpu', severity: 'critical' });
      const run = await test.database.runs.get(group?.lastRunId ?? '');
      expect(run?.report?.causes[0]?.id).toMatch(/^container\.cpu_/);
    },
    WITHIN_MS + 10_000,
  );
});

/** True when the run of the alert is over and card and verdict stand in the channel. */
async function isTold({ database }: TestDatabase, service: string): Promise<boolean> {
  const [group] = await database.groups.recent({ service, limit: 1 });
  if (group?.lastRunId === undefined) return false;
  const card = await database.outbox.get(`group/${group.id}/card`);
  const verdict = await database.outbox.get(`run/${group.lastRunId}/verdict`);
  return card !== undefined && card.sentRevision === card.revision && verdict?.address !== undefined;
}

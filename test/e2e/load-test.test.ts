import { mkdirSync, mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { startContainer, type TestContainer } from '../support/docker.ts';
import { describeWith } from '../support/requirements.ts';
import { ROOT } from './support/build-perfbot.ts';
import { eventually } from './support/eventually.ts';
import { allText } from './support/marks.ts';
import { type Perfbot, removeDirectory, startPerfbot } from './support/perfbot.ts';

/** Each request costs 20 ms of CPU: thirty a second are six times what a tenth of a core has. */
const BUSY = `require('http').createServer((request, response) => {
  const until = process.hrtime.bigint() + 20_000_000n;
  while (process.hrtime.bigint() < until);
  response.end('ok');
}).listen(3000, () => console.log('listens'))`;
const PROFILE = `title: Too much
config: { phases: [{ duration: 120, arrivalRate: 30 }] }
stop: { p95: 1h, error_rate: 100% }
`;

describeWith(['docker'], 'a load test in the channel', () => {
  let shop: TestContainer;
  let perfbot: Perfbot;
  const folder = mkdtempSync(join(tmpdir(), 'perfbot-load-'));
  beforeAll(async () => {
    shop = await startContainer({ cpus: 0.1, cmd: ['node', '-e', BUSY], ports: ['127.0.0.1::3000'] });
    await shop.waitForLog('listens', 30_000);
    mkdirSync(join(folder, 'loadtests'));
    writeFileSync(join(folder, 'loadtests/too-much.yml'), PROFILE);
    const url = `http://127.0.0.1:${await shop.port(3000)}`;
    perfbot = await startPerfbot({
      servicesYaml: JSON.stringify({
        services: { shop: { container: shop.name, url, environment: 'staging' } },
      }),
      env: { PERFBOT_PLAYBOOKS: `${join(ROOT, 'playbooks')},${folder}` },
    });
  }, 120_000);
  afterAll(async () => {
    await perfbot?.stop();
    await shop?.remove();
    removeDirectory(folder);
  });

  it('asks, shows what happens, and stops by itself when the container is throttled', async () => {
    const question = await perfbot.answerTo(() => perfbot.say('/perf loadtest shop too-much'));
    expect(question).toContain('3,600 requests in 2 min, at most 30/s');
    await perfbot.pressEphemeral('perfbot_load_start');
    const card = await eventually('live progress', async () =>
      (await perfbot.channelMessages()).find(({ text }) => /of \d+(\.\d+)?\/s answered/.test(text)),
    );
    const told = await eventually('the result', async () =>
      (await perfbot.channelMessages()).find(({ ts, text }) => ts === card.ts && text.includes('Stopped:')),
    );
    expect(told.text).toMatch(/the container is held back in \d+(\.\d+)? % of its periods, limit 25 %/);
    const thread = await eventually('pictures', async () => {
      const messages = await perfbot.thread(card.ts);
      return messages.some(({ files = [] }) => files.length > 0) && messages;
    });
    expect(allText(thread)).toMatch(
      /Started by[\s\S]*Phase 1 of 1 ended after[\s\S]*Stopped after[\s\S]*Requests a second of shop/,
    );
  }, 180_000);
});

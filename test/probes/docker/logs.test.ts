import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Observation } from '../../../src/core/evidence.ts';
import { createDockerClient, type DockerClient } from '../../../src/probes/docker/client.ts';
import { toLogEntries } from '../../../src/probes/docker/log-entries.ts';
import { parseLogStream } from '../../../src/probes/docker/log-frames.ts';
import { dockerLogsProbe } from '../../../src/probes/docker/logs.ts';
import { probeContract } from '../../contract/probe-contract.ts';
import { startContainer, type TestContainer } from '../../support/docker.ts';
import { describeWith } from '../../support/requirements.ts';
import { collect, containerTarget, numbers } from './collect.ts';

const APP = `
for (let n = 0; n < 20; n++) console.log('GET /api/error-reports 200 ' + n + 'ms');
console.log('{"errors":0}');
console.error('Error: connect ECONNREFUSED 10.0.0.5:5432\\n    at TCPConnectWrap.afterConnect (node:net:1:1)');
console.log(JSON.stringify({ level: 50, msg: 'payment 17 declined', password: 'hunter22' }));
console.log('login of postgres://shop:hunter22@db/shop');
console.log('x'.repeat(40000) + 'END');
console.log('ready');
setInterval(() => {}, 1000);
`;

function patterns(observation: Observation) {
  return (observation.tables?.[0]?.rows ?? []).map(([pattern, level, count]) => [
    String(pattern).slice(0, 60),
    level,
    count,
  ]);
}

describeWith(['docker'], 'docker.logs', () => {
  let docker: DockerClient;
  let plain: TestContainer;
  let terminal: TestContainer;
  let mute: TestContainer;
  let flood: TestContainer;

  beforeAll(async () => {
    docker = createDockerClient();
    [plain, terminal, mute, flood] = await Promise.all([
      startContainer({ cmd: ['node', '-e', APP] }),
      startContainer({ cmd: ['node', '-e', APP], tty: true }),
      startContainer({ cmd: ['sleep', '60'], args: ['--log-driver', 'none'] }),
      startContainer({ cmd: ['sh', '-c', 'seq 100000; sleep 60'] }),
    ]);
    await Promise.all([plain.waitForLog('ready'), terminal.waitForLog('ready'), flood.waitForLog('100000')]);
  });

  afterAll(async () => {
    await Promise.all([plain, terminal, mute, flood].map((container) => container?.remove()));
    await docker.close();
  });

  probeContract({
    healthy: () => ({ probe: dockerLogsProbe({ docker }), target: containerTarget(plain.name) }),
    unreachable: () => ({
      probe: dockerLogsProbe({ docker }),
      target: containerTarget('perfbot-test-nobody'),
    }),
    metrics: ['lines', 'error_lines', 'error_lines_per_minute', 'error_ratio_before', 'bytes_per_second'],
    tables: ['patterns'],
  });

  it('counts true errors of both streams and is not fooled by words in paths', async () => {
    const observation = await collect(dockerLogsProbe({ docker }), containerTarget(plain.name));
    expect(numbers(observation)).toMatchObject({ lines: 26, error_lines: 2 });
    expect(patterns(observation).slice(0, 2)).toEqual([
      ['Error: connect ECONNREFUSED <ip>', 'error', 1],
      ['payment <n> declined', 'error', 1],
    ]);
    expect(patterns(observation)).toContainEqual(['GET /api/error-reports <n> <n>ms', 'info', 20]);
    expect(JSON.stringify(observation)).not.toContain('hunter22');
  });

  it('reads the raw stream of a terminal as well', async () => {
    const observation = await collect(dockerLogsProbe({ docker }), containerTarget(terminal.name));
    expect(numbers(observation)).toMatchObject({ lines: 26, error_lines: 2 });
  });

  it('joins a line that the engine cut into pieces', async () => {
    for (const { name, tty } of [
      { name: plain.name, tty: false },
      { name: terminal.name, tty: true },
    ]) {
      const range = { since: 0, tail: 100, maxBytes: 1_000_000 };
      const { body } = await docker.logs(name, range, new AbortController().signal);
      const long = parseLogStream(body, tty).find(({ text }) => text.startsWith('xxx'));
      expect(long?.text, name).toBe(`${'x'.repeat(40_000)}END`);
    }
  });

  it('says how to mend a log that cannot be read', async () => {
    await expect(collect(dockerLogsProbe({ docker }), containerTarget(mute.name))).rejects.toMatchObject({
      reason: 'unsupported',
      mend: expect.stringContaining('json-file'),
    });
  });

  it('reads the newest lines of a large log and says so', async () => {
    const observation = await collect(dockerLogsProbe({ docker }), containerTarget(flood.name), {
      tail: 500,
    });
    expect(numbers(observation).lines).toBe(500);
    expect(numbers(observation).error_ratio_before).toBeUndefined();
    expect(observation.gaps).toHaveLength(1);
  });
});

describe('log stream', () => {
  const frame = (stream: number, text: string) => {
    const payload = Buffer.from(text);
    const header = Buffer.alloc(8);
    header[0] = stream;
    header.writeUInt32BE(payload.length, 4);
    return Buffer.concat([header, payload]);
  };
  const T = '2026-11-23T13:00:00.000000001Z';

  it('joins pieces per stream although the streams mix, and drops an incomplete last frame', () => {
    const body = Buffer.concat([
      frame(1, `${T} begin-`),
      frame(2, `${T} other\n`),
      frame(1, `${T} end\n`),
      frame(1, `${T} cut off`).subarray(0, 20),
    ]);
    expect(parseLogStream(body, false).map(({ stream, text }) => [stream, text])).toEqual([
      ['stderr', 'other'],
      ['stdout', 'begin-end'],
    ]);
  });

  it('keeps a stack trace with its error', () => {
    const lines = ['Error: boom', '    at f (x.js:1:1)', '    at g (x.js:2:1)', 'next', ''].map((text) => ({
      at: 1,
      stream: 'stderr' as const,
      text,
    }));
    expect(toLogEntries(lines).map(({ text }) => text.split('\n').length)).toEqual([3, 1]);
  });
});

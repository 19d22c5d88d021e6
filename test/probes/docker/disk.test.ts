import { execFileSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { afterAll, beforeAll, expect, it, onTestFinished } from 'vitest';
import { diagnose } from '../../../src/core/diagnosis/diagnose.ts';
import { RULES } from '../../../src/core/diagnosis/rules.ts';
import type { CollectedEvidence } from '../../../src/core/evidence.ts';
import { createDockerClient, type DockerClient } from '../../../src/probes/docker/client.ts';
import { dockerDiskProbe } from '../../../src/probes/docker/disk.ts';
import { probeContract } from '../../contract/probe-contract.ts';
import { startContainer, type TestContainer } from '../../support/docker.ts';
import { startOwnDocker } from '../../support/own-docker.ts';
import { describeWith } from '../../support/requirements.ts';
import { collected, factsFrom, observe, serviceNamed } from '../observe.ts';
import { collect, numbers } from './collect.ts';

const TARGET = { kind: 'engine', id: 'engine:host', service: 'host', zone: 'default' } as const;
const VOLUME = `perfbot-test-${randomBytes(4).toString('hex')}`;
/** 3 MB into the writable layer, 5 MB into a volume, and 20 kB of log a second. */
const WRITER = `
  const fs = require('node:fs');
  fs.writeFileSync('/tmp/scratch', Buffer.alloc(3e6, 1));
  fs.writeFileSync('/data/rows', Buffer.alloc(5e6, 1));
  setInterval(() => console.log('x'.repeat(2000)), 100);
  console.log('ready');
`;

describeWith(['docker'], 'docker.disk', () => {
  let docker: DockerClient;
  let writer: TestContainer;

  beforeAll(async () => {
    docker = createDockerClient();
    writer = await startContainer({ cmd: ['node', '-e', WRITER], args: ['--volume', `${VOLUME}:/data`] });
    await writer.waitForLog('ready');
  });

  afterAll(async () => {
    await writer?.remove();
    execFileSync('docker', ['volume', 'rm', '--force', VOLUME]);
    await docker.close();
  });

  probeContract({
    healthy: () => ({ probe: dockerDiskProbe({ docker }), target: TARGET }),
    unreachable: () => ({
      probe: dockerDiskProbe({ docker: createDockerClient({ host: 'tcp://u:hunter22@127.0.0.1:1' }) }),
      target: TARGET,
    }),
    metrics: [
      'images_bytes',
      'images_reclaimable_bytes',
      'containers_bytes',
      'containers_reclaimable_bytes',
      'volumes_bytes',
      'volumes_reclaimable_bytes',
      'build_cache_bytes',
      'build_cache_reclaimable_bytes',
      'logs_bytes',
      'logs_growth_bytes_per_second',
      'docker_bytes',
      'docker_ratio',
      'reclaimable_bytes',
      'reclaimable_ratio',
      'file_system_bytes',
      'file_system_used_ratio',
    ],
    tables: ['usage', 'largest', 'logs'],
    params: { window: '100ms' },
    secrets: ['hunter22'],
  });

  it('finds what images, writable layers and volumes take, and how logs grow', async () => {
    const observation = await collect(dockerDiskProbe({ docker }), TARGET, { window: '1s' });
    const seen = numbers(observation);
    const largest = observation.tables?.find(({ name }) => name === 'largest')?.rows ?? [];
    const sizeOf = (kind: string, name: string) =>
      largest.find(([rowKind, rowName]) => rowKind === kind && rowName === name)?.[2];
    expect(sizeOf('image', 'perfbot-test/node:local')).toBeGreaterThan(50e6);
    expect(sizeOf('container', writer.name)).toBeGreaterThanOrEqual(3e6);
    expect(sizeOf('volume', VOLUME)).toBeGreaterThanOrEqual(5e6);
    expect(seen.docker_bytes).toBeGreaterThan(58e6);
    expect(seen.file_system_used_ratio).toBeGreaterThan(0);
    expect(seen.docker_ratio).toBeLessThan(1);
    expect(observation.facts?.docker_root).toMatch(/^\//);
    const logs = observation.tables?.find(({ name }) => name === 'logs')?.rows ?? [];
    const log = logs.find(([container]) => container === writer.name);
    // The logs of the engine are there for root alone.
    if (process.getuid?.() !== 0) expect(observation.gaps).toHaveLength(1);
    else expect(log?.[2]).toBeGreaterThan(5000);
  });

  it('leaves a gap where the disk of the engine is that of another machine', async () => {
    const observation = await collect(dockerDiskProbe({ docker, machine: 'elsewhere' }), TARGET, {
      window: '100ms',
    });
    expect(numbers(observation).file_system_used_ratio).toBeUndefined();
    expect(numbers(observation).docker_ratio).toBeUndefined();
    expect(observation.gaps?.[0]?.mend).toMatch(/Docker host/);
  });
});

describeWith(['ownDocker'], 'docker.disk of an engine with a small disk', () => {
  it('host.docker_disk: an unused image and a volume that nobody has fill it', async () => {
    const engine = await startOwnDocker({ megabytes: 64 });
    const docker = createDockerClient({ host: engine.host });
    onTestFinished(async () => {
      await docker.close();
      await engine.stop();
    });
    const look = async () =>
      collected(await observe(dockerDiskProbe({ docker }), TARGET, { window: '100ms' }));
    const host = serviceNamed('host', 'host');
    const causesOf = (seen: CollectedEvidence) => diagnose(RULES, factsFrom([seen], [host], host)).causes;
    expect(causesOf(await look())).toEqual([]);
    engine.addImage('shop/api:1', 46e6);
    engine.addVolume('left', 15e6);
    const seen = await look();
    expect(numbers(seen).file_system_used_ratio).toBeGreaterThan(0.9);
    const causes = causesOf(seen);
    expect(causes.map(({ id }) => id)).toEqual(['host.docker_disk']);
    expect(causes[0]?.summary).toMatch(
      /most of it images; 46(\.\d)? MB of images and build cache are not in use/,
    );
    expect(causes[0]?.advice.map(({ command }) => command)).toEqual([
      'docker system df --verbose',
      'docker image prune --all --force --filter until=168h',
      'docker volume ls --filter dangling=true',
    ]);
  });
});

import { describe, expect, it } from 'vitest';
import { hostDockerDiskRule } from '../../../../src/core/diagnosis/rules/host-docker-disk.ts';
import { factsOf, outcome, seen } from './evidence-of.ts';

const GB = 1e9;
const disk = (metrics: Readonly<Record<string, number>>, logBytes = 0) =>
  seen(
    'docker.disk',
    'host',
    {
      docker_bytes: 60 * GB,
      docker_ratio: 0.6,
      reclaimable_bytes: 30 * GB,
      reclaimable_ratio: 0.3,
      file_system_bytes: 100 * GB,
      file_system_used_ratio: 0.98,
      images_reclaimable_bytes: 25 * GB,
      build_cache_reclaimable_bytes: 5 * GB,
      volumes_reclaimable_bytes: 0,
      ...metrics,
    },
    {
      tables: {
        usage: [{ kind: 'images', bytes: 40 * GB }],
        logs: [{ container: 'shop-api-1', bytes: logBytes, rotation: 'none' }],
      },
    },
  );

describe('host.docker_disk', () => {
  it.each([
    ['room is left', { file_system_used_ratio: 0.7 }, 'ruled out'],
    ['full, and Docker takes most of it', {}, 'found 0.93'],
    ['nearly full', { file_system_used_ratio: 0.92 }, 'found 0.6'],
    ['full, but of something else', { docker_ratio: 0.05, reclaimable_ratio: 0.01 }, 'ruled out'],
    [
      'full, Docker is the smaller part but much of it is unused',
      { docker_ratio: 0.2, reclaimable_ratio: 0.15 },
      'found 0.93',
    ],
  ])('%s', (_, metrics, expected) => {
    expect(outcome(hostDockerDiskRule, factsOf([disk(metrics)]))).toBe(expected);
  });

  it('says nothing where the disk cannot be seen', () => {
    const elsewhere = seen('docker.disk', 'host', { docker_bytes: 60 * GB, reclaimable_bytes: 30 * GB });
    expect(outcome(hostDockerDiskRule, factsOf([elsewhere]))).toBe('nothing');
  });

  const advice = (metrics: Readonly<Record<string, number>>, logBytes = 0) => {
    const [verdict] = hostDockerDiskRule.evaluate(factsOf([disk(metrics, logBytes)]));
    return verdict?.kind === 'cause' ? verdict.cause.advice : [];
  };

  it('advises what is worth it, with the risk and the way back', () => {
    const commands = advice({}, 4 * GB).map(({ command }) => command?.split(' ').slice(0, 3).join(' '));
    expect(commands).toEqual([
      'docker system df',
      'docker builder prune',
      'docker image prune',
      'logging: { driver:',
    ]);
    expect(advice({ images_reclaimable_bytes: 0, build_cache_reclaimable_bytes: 0 })).toHaveLength(1);
  });

  it('never advises to prune volumes: they hold data', () => {
    const all = advice({ volumes_reclaimable_bytes: 20 * GB });
    expect(all.at(-1)).toMatchObject({ effect: 'reads', command: 'docker volume ls --filter dangling=true' });
    expect(all.filter(({ command }) => /volume.*prune|system prune/.test(command ?? ''))).toEqual([]);
  });
});

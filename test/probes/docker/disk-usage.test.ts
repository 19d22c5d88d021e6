import { describe, expect, it } from 'vitest';
import { DiskUsage } from '../../../src/probes/docker/disk-usage.ts';

const IMAGES = [
  { Id: 'sha256:aaaa', RepoTags: ['shop/api:2'], Size: 500, SharedSize: 300, Containers: 1 },
  { Id: 'sha256:bbbb', RepoTags: ['shop/api:1'], Size: 400, SharedSize: 300, Containers: 0 },
  { Id: 'sha256:cccccccccccccccc', RepoTags: null, Size: 100, SharedSize: 0, Containers: 0 },
];
const CONTAINERS = [
  { Id: 'c1', Names: ['/shop-api-1'], SizeRw: 30, State: 'running' },
  { Id: 'c2', Names: ['/old'], SizeRw: 7, State: 'exited' },
  { Id: 'c3', Names: ['/fresh'], State: 'running' },
];
const VOLUMES = [
  { Name: 'pgdata', UsageData: { Size: 900, RefCount: 1 } },
  { Name: 'left', UsageData: { Size: 80, RefCount: 0 } },
  { Name: 'remote', UsageData: { Size: -1, RefCount: -1 } },
];
const CACHE = [
  { Size: 60, InUse: false, Shared: false },
  { Size: 40, InUse: true, Shared: false },
  { Size: 999, InUse: false, Shared: true },
];

describe('DiskUsage', () => {
  it('adds up the answer of older engines', () => {
    const usage = DiskUsage.parse({
      LayersSize: 700,
      Images: IMAGES,
      Containers: CONTAINERS,
      Volumes: VOLUMES,
      BuildCache: CACHE,
    });
    expect(usage).toMatchObject({
      // 300 of the first unused one are shared with the image in use.
      images: { bytes: 700, reclaimableBytes: 200, count: 3 },
      containers: { bytes: 37, reclaimableBytes: 7, count: 3 },
      volumes: { bytes: 980, reclaimableBytes: 80, count: 3 },
      buildCache: { bytes: 100, reclaimableBytes: 60, count: 2 },
    });
    expect(usage.items.map(({ kind, name, inUse }) => [kind, name, inUse])).toEqual([
      ['volume', 'pgdata', true],
      ['image', 'shop/api:2', true],
      ['image', 'shop/api:1', false],
      ['image', 'untagged cccccccccccc', false],
      ['volume', 'left', false],
      ['container', 'shop-api-1', true],
      ['container', 'old', false],
      ['container', 'fresh', true],
      ['volume', 'remote', true],
    ]);
  });

  it('takes the sums of newer engines', () => {
    const usage = DiskUsage.parse({
      ImageUsage: { ActiveCount: 1, TotalCount: 3, TotalSize: 700, Reclaimable: 200, Items: IMAGES },
      ContainerUsage: { ActiveCount: 1, TotalCount: 2, TotalSize: 37, Reclaimable: 7 },
      VolumeUsage: { ActiveCount: 1, TotalCount: 1, TotalSize: 900, Reclaimable: 0, Items: VOLUMES },
      BuildCacheUsage: { ActiveCount: 0, TotalCount: 0, TotalSize: 0, Reclaimable: 0, Items: [] },
    });
    expect(usage.images).toEqual({ bytes: 700, reclaimableBytes: 200, count: 3 });
    expect(usage.containers).toEqual({ bytes: 37, reclaimableBytes: 7, count: 2 });
    expect(usage.items[0]).toMatchObject({ kind: 'volume', name: 'pgdata' });
  });

  it('takes an engine that has nothing', () => {
    const usage = DiskUsage.parse({
      LayersSize: 0,
      Images: [],
      Containers: [],
      Volumes: [],
      BuildCache: null,
    });
    expect(usage.items).toEqual([]);
    expect(usage.images).toEqual({ bytes: 0, reclaimableBytes: 0, count: 0 });
  });
});

import { z } from 'zod';
import { containerName } from './container-name.ts';

const Bytes = z
  .number()
  .nullish()
  // -1 stands for "not counted".
  .transform((value) => Math.max(0, value ?? 0));
const Count = z.number().nullish();
const listOf = <T extends z.ZodType>(item: T) =>
  z
    .array(item)
    .nullish()
    .transform((items) => items ?? []);

const ImageUsage = z.object({
  Id: z.string(),
  RepoTags: listOf(z.string()),
  Size: Bytes,
  SharedSize: Bytes,
  /** Containers that use it; -1 when the engine did not count them. */
  Containers: Count,
});
const ContainerUsage = z.object({
  Id: z.string(),
  Names: listOf(z.string()),
  /** The writable layer. */
  SizeRw: Bytes,
  State: z.string().nullish(),
});
const VolumeUsage = z.object({
  Name: z.string(),
  UsageData: z.object({ Size: Bytes, RefCount: z.number() }).nullish(),
});
const CacheUsage = z.object({
  Size: Bytes,
  InUse: z.boolean().nullish(),
  Shared: z.boolean().nullish(),
});

const sumOf = <T extends z.ZodType>(item: T) =>
  z.object({ TotalCount: z.number(), TotalSize: Bytes, Reclaimable: Bytes, Items: listOf(item) }).optional();

/** What perfbot reads of `GET /system/df`: the form up to API 1.51, and the one since 1.52 with sums of its own. */
const Answer = z.object({
  LayersSize: Bytes,
  Images: listOf(ImageUsage),
  Containers: listOf(ContainerUsage),
  Volumes: listOf(VolumeUsage),
  BuildCache: listOf(CacheUsage),
  ImageUsage: sumOf(ImageUsage),
  ContainerUsage: sumOf(ContainerUsage),
  VolumeUsage: sumOf(VolumeUsage),
  BuildCacheUsage: sumOf(CacheUsage),
});
type Answer = z.infer<typeof Answer>;

/** Bytes that one kind of thing takes, and what of it nothing uses. */
export interface KindUsage {
  readonly bytes: number;
  readonly reclaimableBytes: number;
  readonly count: number;
}

/** One image, writable layer or volume. */
export interface DiskItem {
  readonly kind: 'image' | 'container' | 'volume';
  readonly name: string;
  readonly bytes: number;
  readonly inUse: boolean;
}

export interface DiskUsage {
  readonly images: KindUsage;
  readonly containers: KindUsage;
  readonly volumes: KindUsage;
  readonly buildCache: KindUsage;
  /** Largest first. */
  readonly items: readonly DiskItem[];
}

/** `GET /system/df` in either form. */
export const DiskUsage = Answer.transform((answer): DiskUsage => {
  const images = itemsOf(answer.ImageUsage, answer.Images);
  const containers = itemsOf(answer.ContainerUsage, answer.Containers);
  const volumes = itemsOf(answer.VolumeUsage, answer.Volumes);
  return {
    images: sums(answer.ImageUsage) ?? imageSums(answer),
    containers: sums(answer.ContainerUsage) ?? total(containers, ({ SizeRw }) => SizeRw, isStopped),
    volumes: sums(answer.VolumeUsage) ?? total(volumes, volumeSize, isUnreferenced),
    buildCache: sums(answer.BuildCacheUsage) ?? cacheSums(answer),
    items: [
      ...images.map(toImageItem),
      ...containers.map(toContainerItem),
      ...volumes.map(toVolumeItem),
    ].sort((a, b) => b.bytes - a.bytes),
  };
});

interface Sum<T> {
  readonly TotalCount: number;
  readonly TotalSize: number;
  readonly Reclaimable: number;
  readonly Items: readonly T[];
}

/** API 1.52 answers both forms; its own one has items only for who asks for them. */
function itemsOf<T>(sum: Sum<T> | undefined, legacy: readonly T[]): readonly T[] {
  return sum !== undefined && sum.Items.length > 0 ? sum.Items : legacy;
}

function sums(sum: Sum<unknown> | undefined): KindUsage | undefined {
  return sum && { bytes: sum.TotalSize, reclaimableBytes: sum.Reclaimable, count: sum.TotalCount };
}

/**
 * Layers are shared between images: with an unused one goes at least what no other image has. `docker system df` of
 * older engines says more, because it counts layers as free that images in use share with each other.
 */
function imageSums({ LayersSize, Images }: Answer): KindUsage {
  const reclaimableBytes = Images.filter(({ Containers }) => Containers === 0).reduce(
    (bytes, { Size, SharedSize }) => bytes + Math.max(0, Size - SharedSize),
    0,
  );
  return { bytes: LayersSize, reclaimableBytes, count: Images.length };
}

function cacheSums({ BuildCache }: Answer): KindUsage {
  const own = BuildCache.filter(({ Shared }) => Shared !== true);
  return total(
    own,
    ({ Size }) => Size,
    ({ InUse }) => InUse !== true,
  );
}

function total<T>(
  items: readonly T[],
  bytesOf: (item: T) => number,
  isUnused: (item: T) => boolean,
): KindUsage {
  const sum = (some: readonly T[]) => some.reduce((bytes, item) => bytes + bytesOf(item), 0);
  return { bytes: sum(items), reclaimableBytes: sum(items.filter(isUnused)), count: items.length };
}

function isStopped({ State }: z.infer<typeof ContainerUsage>): boolean {
  return State === 'exited' || State === 'dead' || State === 'created';
}

function isUnreferenced({ UsageData }: z.infer<typeof VolumeUsage>): boolean {
  return UsageData?.RefCount === 0;
}

function volumeSize({ UsageData }: z.infer<typeof VolumeUsage>): number {
  return UsageData?.Size ?? 0;
}

function toImageItem({ Id, RepoTags, Size, Containers }: z.infer<typeof ImageUsage>): DiskItem {
  const tag = RepoTags.find((name) => name !== '<none>:<none>');
  const name = tag ?? `untagged ${Id.replace('sha256:', '').slice(0, 12)}`;
  return { kind: 'image', name, bytes: Size, inUse: Containers !== 0 };
}

function toContainerItem(container: z.infer<typeof ContainerUsage>): DiskItem {
  return {
    kind: 'container',
    name: containerName(container),
    bytes: container.SizeRw,
    inUse: !isStopped(container),
  };
}

function toVolumeItem(volume: z.infer<typeof VolumeUsage>): DiskItem {
  const bytes = volumeSize(volume);
  return { kind: 'volume', name: volume.Name, bytes, inUse: !isUnreferenced(volume) };
}

import { stat, statfs } from 'node:fs/promises';
import { join } from 'node:path';
import type { Table } from '../../core/evidence.ts';

/** A mounted file system that holds data. */
interface Mount {
  readonly path: string;
  readonly type: string;
  /** Same for every mount of one file system. */
  readonly device: string;
}

/** Fill level of one mount, sizes in bytes. `inodesRatio` is absent where the file system has no fixed number. */
export interface MountUse {
  readonly path: string;
  readonly usedBytes: number;
  readonly totalBytes: number;
  readonly usedRatio: number;
  readonly inodesRatio?: number;
}

const DISK_TYPES = /^(ext[234]|xfs|btrfs|zfs|f2fs|jfs|reiserfs|bcachefs|vfat|exfat|ntfs3?|fuseblk|apfs|hfs)$/;
/** A dead server would hang `statfs`, and with it a thread of this process. */
const NETWORK_TYPES = /^(nfs4?|cifs|smb3?|ceph|glusterfs|fuse\.(sshfs|s3fs|glusterfs))$/;
const SYSTEM_PATH = /^\/(proc|sys|dev|run)(\/|$)/;
const CONTAINER_PATH = /\/(overlay2|containers|containerd|kubelet\/pods|netns)\//;

/** File systems worth a look, and the network ones that are left alone. From `/proc/<pid>/mountinfo`, see proc(5). */
export function parseMounts(mountinfo: string): {
  readonly local: readonly Mount[];
  readonly network: readonly string[];
} {
  const local = new Map<string, Mount>();
  const network: string[] = [];
  for (const line of mountinfo.split('\n')) {
    const [head = '', tail = ''] = line.split(' - ');
    const [, , majorMinor = '', , rawPath = ''] = head.split(' ');
    const [type = '', source = ''] = tail.split(' ');
    const path = rawPath.replace(/\\(\d{3})/g, (_, octal) => String.fromCharCode(Number.parseInt(octal, 8)));
    if (NETWORK_TYPES.test(type)) network.push(path);
    // A later mount on the same path hides the earlier one.
    for (const [device, mount] of local) if (mount.path === path) local.delete(device);
    if (!holdsData(type, path)) continue;
    const device = source.startsWith('/dev/') ? source : majorMinor;
    const known = local.get(device);
    if (known === undefined || path.length < known.path.length) local.set(device, { path, type, device });
  }
  return { local: [...local.values()], network };
}

function holdsData(type: string, path: string): boolean {
  if (CONTAINER_PATH.test(path)) return false;
  if (path === '/') return type !== 'rootfs';
  if (path === '/dev/shm') return true;
  return (DISK_TYPES.test(type) || type === 'tmpfs') && !SYSTEM_PATH.test(path);
}

/** Fill level of a mount, or undefined when it is no directory, empty by nature or not to be read. */
export async function readMountUse(mount: Mount, rootfs: string): Promise<MountUse | undefined> {
  const path = join(rootfs, mount.path);
  try {
    if (!(await stat(path)).isDirectory()) return undefined;
    const { bsize, blocks, bfree, bavail, files, ffree } = await statfs(path);
    const usedBlocks = blocks - bfree;
    if (blocks === 0) return undefined;
    return {
      path: mount.path,
      usedBytes: usedBlocks * bsize,
      totalBytes: blocks * bsize,
      // As df: blocks kept for root are not there for anybody else.
      usedRatio: usedBlocks / Math.max(1, usedBlocks + bavail),
      ...(files > 0 && { inodesRatio: (files - ffree) / files }),
    };
  } catch {
    return undefined;
  }
}

/** The table `mounts`, fullest first. */
export function toMountTable(mounts: readonly MountUse[]): Table {
  return {
    name: 'mounts',
    title: 'File systems',
    columns: [
      { name: 'mount', title: 'Mount' },
      { name: 'used_bytes', title: 'Used', unit: 'bytes' },
      { name: 'total_bytes', title: 'Size', unit: 'bytes' },
      { name: 'used_ratio', title: 'Used', unit: 'ratio' },
      { name: 'inodes_ratio', title: 'Inodes used', unit: 'ratio' },
    ],
    rows: mounts.map((mount) => [
      mount.path,
      mount.usedBytes,
      mount.totalBytes,
      mount.usedRatio,
      mount.inodesRatio ?? null,
    ]),
  };
}

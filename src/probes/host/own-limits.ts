import type { Gap } from '../../core/evidence.ts';
import { formatValue } from '../../core/unit.ts';
import { parseContainerId } from './container-id.ts';
import type { ProcFiles } from './proc-files.ts';

/** Reads below the cgroup mount, usually `/sys/fs/cgroup`. */
type CgroupFiles = Pick<ProcFiles, 'read'>;

/** From here on a limit in bytes means "none" (cgroup v1 writes a number near 2^63). */
const NO_LIMIT_BYTES = 2 ** 60;

/** CPU and memory that perfbot's own cgroup allows; absent: no limit, or not to be seen. */
interface OwnLimits {
  readonly cores?: number;
  readonly memoryBytes?: number;
}

/** Reads the limits of the cgroup at the mount's root (v2 `cpu.max`, v1 `cpu.cfs_quota_us`). */
export async function readOwnLimits(cgroup: CgroupFiles): Promise<OwnLimits> {
  const cores = (await readCoresV2(cgroup)) ?? (await readCoresV1(cgroup));
  const memory = Number(
    (await cgroup.read('memory.max')) ?? (await cgroup.read('memory/memory.limit_in_bytes')),
  );
  return {
    ...(cores !== undefined && { cores }),
    ...(Number.isFinite(memory) && memory > 0 && memory < NO_LIMIT_BYTES && { memoryBytes: memory }),
  };
}

/** What to say about perfbot's own container, as facts: the numbers of `/proc` are the host's all the same. */
export function toLimitFacts({ cores, memoryBytes }: OwnLimits): Readonly<Record<string, string>> {
  const parts = [
    ...(cores === undefined ? [] : [formatValue(cores, 'cores')]),
    ...(memoryBytes === undefined ? [] : [formatValue(memoryBytes, 'bytes')]),
  ];
  if (parts.length === 0) return {};
  return { perfbot_limit: `perfbot itself may use ${parts.join(' and ')}; the numbers are the whole host's` };
}

/** A gap when the processes of the host cannot be seen: perfbot is in a pid namespace of its own. */
export async function hiddenProcesses(proc: ProcFiles): Promise<readonly Gap[]> {
  // pid 2 is the kernel's thread daemon on every Linux host, and something else or nothing in a pid namespace.
  if ((await proc.read('2/comm'))?.trim() === 'kthreadd') return [];
  const inContainer = parseContainerId((await proc.read('self/cgroup')) ?? '') !== undefined;
  return [
    {
      what: 'processes of the host',
      reason: `perfbot sees only the processes of its own ${inContainer ? 'container' : 'pid namespace'}`,
      mend: 'start perfbot with --pid host (compose: pid: host)',
    },
  ];
}

async function readCoresV2(cgroup: CgroupFiles): Promise<number | undefined> {
  const [quota, period] = ((await cgroup.read('cpu.max')) ?? '').trim().split(' ').map(Number);
  return positiveRatio(quota, period);
}

async function readCoresV1(cgroup: CgroupFiles): Promise<number | undefined> {
  const quota = Number(await cgroup.read('cpu/cpu.cfs_quota_us'));
  const period = Number(await cgroup.read('cpu/cpu.cfs_period_us'));
  return positiveRatio(quota, period);
}

function positiveRatio(quota: number | undefined, period: number | undefined): number | undefined {
  if (quota === undefined || period === undefined) return undefined;
  const ratio = quota / period;
  return Number.isFinite(ratio) && ratio > 0 ? ratio : undefined;
}

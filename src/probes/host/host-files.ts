import { openProc, type ProcFiles } from './proc-files.ts';
import type { ContainerNames } from './processes.ts';

/** Where the host shows itself. The defaults are right on the host itself and in a container with its pid namespace. */
export interface HostOptions {
  /** Default `/proc`. */
  readonly procRoot?: string;
  /** Default `/sys/fs/cgroup`: perfbot's own cgroup. */
  readonly cgroupRoot?: string;
  /** Where the root of the host's file systems is mounted, default `/`. */
  readonly rootfs?: string;
  /** Names containers in process tables; without it they show as short ids. */
  readonly containerNames?: ContainerNames;
}

/** The files and look-ups that all host probes share. */
export interface HostFiles {
  readonly proc: ProcFiles;
  readonly cgroup: ProcFiles;
  readonly rootfs: string;
  /** Never rejects but for an abort: without Docker there are no names. */
  readonly names: ContainerNames;
}

/** Resolves the options of the host probes. */
export function openHost(options: HostOptions): HostFiles {
  const { procRoot = '/proc', cgroupRoot = '/sys/fs/cgroup', rootfs = '/', containerNames } = options;
  return {
    proc: openProc(procRoot),
    cgroup: openProc(cgroupRoot),
    rootfs,
    async names(signal) {
      if (containerNames === undefined) return new Map();
      try {
        return await containerNames(signal);
      } catch {
        signal.throwIfAborted();
        return new Map();
      }
    },
  };
}

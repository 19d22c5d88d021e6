import type { Probe } from '../../engine/ports/probe.ts';
import { hostDiskProbe } from './disk.ts';
import { type HostOptions, openHost } from './host-files.ts';
import { hostLoadProbe } from './load.ts';
import { hostMemoryProbe } from './memory.ts';
import type { WindowParams } from './window.ts';

/** Probes of the machine that perfbot runs on. */
export function hostProbes(options: HostOptions = {}): readonly Probe<'host', WindowParams>[] {
  const host = openHost(options);
  return [hostLoadProbe(host), hostMemoryProbe(host), hostDiskProbe(host)];
}

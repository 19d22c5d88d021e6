import { toAnyProbe } from '../../engine/any-probe.ts';
import type { Probe } from '../../engine/ports/probe.ts';
import { type NginxAccessOptions, nginxAccessProbe } from './access.ts';
import { nginxStatusProbe } from './status.ts';

/** All probes that look at an nginx; add a line here for a new one. */
export function nginxProbes(options: NginxAccessOptions): readonly Probe[] {
  return [toAnyProbe(nginxStatusProbe()), toAnyProbe(nginxAccessProbe(options))];
}

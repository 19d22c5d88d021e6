import type { Probe } from '../../engine/ports/probe.ts';
import { type HttpTimingParams, httpTimingProbe } from './timing.ts';

/** Probes of services that answer HTTP. */
export function httpProbes(): readonly Probe<'http', HttpTimingParams>[] {
  return [httpTimingProbe()];
}

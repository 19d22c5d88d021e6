import type { Probe } from '../../engine/ports/probe.ts';
import { processSelfProbe, type SelfParams } from './self.ts';

/** Probes of perfbot's own process. */
export function processProbes(): readonly Probe<'process', SelfParams>[] {
  return [processSelfProbe()];
}

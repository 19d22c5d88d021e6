import type { Probe } from '../../engine/ports/probe.ts';
import type { JaegerClient } from './client.ts';
import { type JaegerTracesParams, jaegerTracesProbe } from './traces.ts';

/** Probes that ask Jaeger. */
export function jaegerProbes(options: {
  readonly client: JaegerClient;
}): readonly Probe<'jaeger', JaegerTracesParams>[] {
  return [jaegerTracesProbe(options)];
}

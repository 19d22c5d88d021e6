import type { Metric } from '../../core/evidence.ts';
import { percentile } from './percentile.ts';
import type { Sample } from './sample.ts';

const PHASES = [
  { name: 'dns_p95_ms', of: (sample: Sample) => sample.dnsMs },
  { name: 'connect_p95_ms', of: (sample: Sample) => sample.connectMs },
  { name: 'ttfb_p95_ms', of: (sample: Sample) => sample.ttfbMs },
  { name: 'download_p95_ms', of: (sample: Sample) => sample.downloadMs },
] as const;

/** 95th percentile by nearest rank of each phase that happened; of a handful of samples that is the slowest one. */
export function phaseMetrics(samples: readonly Sample[]): readonly Metric[] {
  return PHASES.flatMap(({ name, of }) => {
    const value = percentile(
      samples.flatMap((sample) => of(sample) ?? []),
      0.95,
    );
    return value === undefined ? [] : [{ name, value, unit: 'ms' } as const];
  });
}

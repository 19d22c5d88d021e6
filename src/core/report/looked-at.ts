import type { Cost, Evidence } from '../evidence.ts';
import { formatDuration } from '../unit.ts';

/** One look of a run: which probe, where, what it cost the target and how long it took, waiting for its turn included. */
export interface LookedAt {
  readonly probe: string;
  readonly service: string;
  readonly target: string;
  /** Undefined: the worker did not know the probe, or its turn never came. */
  readonly cost: Cost | undefined;
  readonly durationMs: number;
  /** False: it saw nothing; why stands under "not measured". */
  readonly collected: boolean;
}

const ORDER: readonly (Cost | undefined)[] = ['heavy', 'moderate', 'light', undefined];

/** Every look of a run: the most costly first, then the longest. Pure. */
export function lookedAt(evidence: readonly Evidence[]): readonly LookedAt[] {
  return evidence
    .map(({ probe, service, target, cost, durationMs, status }) => ({
      probe,
      service,
      target,
      cost,
      durationMs,
      collected: status === 'collected',
    }))
    .sort((a, b) => ORDER.indexOf(a.cost) - ORDER.indexOf(b.cost) || b.durationMs - a.durationMs);
}

/** The looks in few words, by cost: `moderate: docker.stats on 4 targets, up to 4.2 s`. */
export function lookLines(looks: readonly LookedAt[]): readonly string[] {
  return ORDER.flatMap((cost) => {
    const own = looks.filter((look) => look.cost === cost);
    const probes = [...new Set(own.map(({ probe }) => probe))];
    if (probes.length === 0) return [];
    const texts = probes.map((probe) => probeText(own.filter((look) => look.probe === probe)));
    return [`${cost ?? 'not run'}: ${texts.join('; ')}`];
  });
}

function probeText(looks: readonly LookedAt[]): string {
  const [first] = looks;
  if (first === undefined) return '';
  const longest = formatDuration(Math.max(...looks.map(({ durationMs }) => durationMs)));
  const seen = looks.filter(({ collected }) => collected).length;
  if (looks.length === 1)
    return `${first.probe} on ${first.service} ${longest}${seen === 0 ? ' without result' : ''}`;
  const without = seen < looks.length ? `, ${looks.length - seen} without result` : '';
  return `${first.probe} on ${looks.length} targets, up to ${longest}${without}`;
}

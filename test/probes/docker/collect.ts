import type { Observation } from '../../../src/core/evidence.ts';
import type { TargetKind, TargetOf } from '../../../src/core/inventory/target.ts';
import type { Probe } from '../../../src/engine/ports/probe.ts';
import type { Logger } from '../../../src/engine/ports/runtime.ts';

const silent: Logger = { debug() {}, info() {}, warn() {}, error() {} };

/** Runs a probe once, as the engine does. */
export function collect<K extends TargetKind, P>(
  probe: Probe<K, P>,
  target: TargetOf<K>,
  params: Readonly<Record<string, unknown>> = {},
  now = Date.now,
): Promise<Observation> {
  const signal = AbortSignal.timeout(15_000);
  return probe.collect({ target, params: probe.params.parse(params), signal, now, log: silent });
}

export function containerTarget(name: string): TargetOf<'container'> {
  return { kind: 'container', id: `container:${name}`, service: name, zone: 'default', container: { name } };
}

/** All metrics by name. */
export function numbers(observation: Observation): Readonly<Record<string, number>> {
  return Object.fromEntries(observation.metrics.map(({ name, value }) => [name, value]));
}

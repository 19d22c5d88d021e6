import { PerfbotError } from '../core/errors.ts';
import type { Target, TargetKind, TargetOf } from '../core/inventory/target.ts';
import type { Probe } from './ports/probe.ts';

/**
 * A probe as an entry of a registry that holds probes of every kind. The kind of target is checked at each call;
 * parameters must be what the probe's own `params` schema gave.
 */
export function toAnyProbe<K extends TargetKind, P>(probe: Probe<K, P>): Probe {
  return {
    ...probe,
    mayLookAt: (target, parameters) =>
      isOfKind(target, probe.targetKind) && (probe.mayLookAt?.(target, parameters) ?? true),
    collect: async ({ target, params, ...context }) => {
      if (!isOfKind(target, probe.targetKind)) {
        throw new PerfbotError('internal', `${probe.name} looks at ${probe.targetKind}, not ${target.kind}`);
      }
      return probe.collect({ ...context, target, params: params as P });
    },
  };
}

function isOfKind<K extends TargetKind>(target: Target, kind: K): target is TargetOf<K> {
  return target.kind === kind;
}

import type { Unavailable } from '../report.ts';

/** Says once what several probes of a service, or one probe at several services, could not see for the same reason. */
export function mergeUnavailable(items: readonly Unavailable[]): readonly Unavailable[] {
  const byService = merge(items, ({ service }) => service, 'probe');
  return merge(byService, ({ probe }) => probe, 'service');
}

function merge(
  items: readonly Unavailable[],
  same: (item: Unavailable) => string,
  joined: 'probe' | 'service',
): readonly Unavailable[] {
  const merged = new Map<string, Unavailable>();
  for (const item of items) {
    const key = JSON.stringify([same(item), item.reason, item.mend]);
    const known = merged.get(key);
    const isSaid = known?.[joined].split(', ').includes(item[joined]) === true;
    if (known === undefined) merged.set(key, item);
    else if (!isSaid) merged.set(key, { ...known, [joined]: `${known[joined]}, ${item[joined]}` });
  }
  return [...merged.values()];
}

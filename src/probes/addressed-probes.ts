import type { Probe } from '../engine/ports/probe.ts';
import type { Logger } from '../engine/ports/runtime.ts';

/** Probes with clients of their own. */
interface OpenedProbes {
  readonly probes: readonly Probe[];
  close(): Promise<void>;
}

export interface AddressedProbesOptions {
  /** The secret address of a target right now; undefined: it has none. */
  addressOf(targetId: string): string | undefined;
  /** Probes whose clients know these addresses, by target id. */
  open(connections: ReadonlyMap<string, string>): OpenedProbes;
  readonly log: Logger;
}

/** Probes that follow the addresses of their targets. */
export interface AddressedProbes {
  readonly probes: readonly Probe[];
  /** Gives up what has another address now, or none, as soon as no look uses it. */
  follow(): void;
  close(): Promise<void>;
}

interface Place {
  readonly address: string;
  readonly opened: OpenedProbes;
  /** Looks under way. */
  looks: number;
}

/**
 * Probes of targets whose address may change while perfbot runs. Each address has clients of its own, and with them
 * all that its probes remember of their last look: two servers are never compared. A look stays with the address that
 * it began at.
 */
export function createAddressedProbes({ addressOf, open, log }: AddressedProbesOptions): AddressedProbes {
  const places = new Map<string, Place>();
  const given = new Set<Place>();
  // Says of every target that it has no address.
  const nowhere = open(new Map());

  const closePlace = ({ opened }: Place) =>
    opened.close().catch((error: unknown) => log.warn({ err: error }, 'a connection did not close'));
  const giveUp = (targetId: string, place: Place) => {
    places.delete(targetId);
    if (place.looks === 0) void closePlace(place);
    else given.add(place);
  };
  const placeOf = (targetId: string): Place | undefined => {
    const address = addressOf(targetId);
    const known = places.get(targetId);
    if (known?.address === address) return known;
    if (known) giveUp(targetId, known);
    if (address === undefined) return undefined;
    const place: Place = { address, opened: open(new Map([[targetId, address]])), looks: 0 };
    places.set(targetId, place);
    return place;
  };

  const follow = (probe: Probe): Probe => ({
    ...probe,
    async collect(context) {
      const place = placeOf(context.target.id);
      if (place === undefined) return probe.collect(context);
      place.looks += 1;
      try {
        const own = place.opened.probes.find(({ name }) => name === probe.name) ?? probe;
        return await own.collect(context);
      } finally {
        place.looks -= 1;
        if (place.looks === 0 && given.delete(place)) void closePlace(place);
      }
    },
  });
  return {
    probes: nowhere.probes.map(follow),
    follow() {
      for (const [targetId, place] of places)
        if (addressOf(targetId) !== place.address) giveUp(targetId, place);
    },
    async close() {
      const all = [...places.values(), ...given];
      // A look that ends later closes nothing a second time.
      given.clear();
      await Promise.all([nowhere.close(), ...all.map(closePlace)]);
    },
  };
}

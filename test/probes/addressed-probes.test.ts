import { describe, expect, it, vi } from 'vitest';
import { z } from 'zod';
import { toAnyProbe } from '../../src/engine/any-probe.ts';
import { createAddressedProbes } from '../../src/probes/addressed-probes.ts';
import { createAddresses } from '../../src/probes/inventory/addresses.ts';
import { silentLog } from '../support/silent-log.ts';

const ID = 'redis:cache';

/** Probes that answer with their address, when the test lets them. */
function opened() {
  const closed: string[] = [];
  const waiting: (() => void)[] = [];
  const addresses = new Map([[ID, 'old']]);
  const { probes, follow, close } = createAddressedProbes({
    addressOf: (id) => addresses.get(id),
    open: (connections) => ({
      probes: [
        toAnyProbe({
          name: 'redis.info',
          title: 'Redis',
          targetKind: 'redis',
          cost: 'light',
          timeoutMs: 1000,
          params: z.object({}),
          async collect({ target }) {
            await new Promise<void>((done) => waiting.push(done));
            return { metrics: [], facts: { at: connections.get(target.id) ?? 'nowhere' } };
          },
        }),
      ],
      async close() {
        closed.push(...connections.values());
      },
    }),
    log: silentLog,
  });
  const look = async () => {
    const context = { params: {}, signal: new AbortController().signal, now: Date.now, log: silentLog };
    const target = { kind: 'redis', id: ID, service: 'cache', zone: 'default' } as const;
    return (await probes[0]?.collect({ target, ...context }))?.facts?.at;
  };
  return {
    addresses,
    closed,
    follow,
    close,
    look,
    answer() {
      for (const done of waiting.splice(0)) done();
    },
  };
}

describe('createAddressedProbes', () => {
  it('lets a look end at the address where it began, then closes it', async () => {
    const { addresses, closed, follow, look, answer } = opened();
    const under = look();
    addresses.set(ID, 'new');
    follow();
    const next = look();
    expect(closed).toEqual([]);
    answer();
    expect(await Promise.all([under, next])).toEqual(['old', 'new']);
    expect(closed).toEqual(['old']);
  });

  it('closes at once what no look uses, and says of a removed target that it has no address', async () => {
    const { addresses, closed, follow, look, answer } = opened();
    const seen = look();
    answer();
    await seen;
    addresses.clear();
    follow();
    expect(closed).toEqual(['old']);
    const gone = look();
    answer();
    expect(await gone).toBe('nowhere');
  });

  it('keeps what has not changed, and closes everything once at the end', async () => {
    const { addresses, closed, follow, close, look, answer } = opened();
    const given = look();
    follow();
    expect(closed).toEqual([]);
    addresses.set(ID, 'new');
    const under = look();
    await close();
    expect(closed.toSorted()).toEqual(['new', 'old']);
    answer();
    await Promise.all([given, under]);
    expect(closed).toHaveLength(2);
  });
});

describe('createAddresses', () => {
  it('keeps the address of a removed target while it is awaited, and takes a new one at once', async () => {
    let awaited = new Set([ID]);
    const onChange = vi.fn();
    const addresses = createAddresses({
      first: new Map([[ID, 'old']]),
      awaited: async () => awaited,
      onChange,
      log: silentLog,
      askEveryMs: 5,
    });
    addresses.change(new Map([[ID, 'new']]));
    expect(addresses.of(ID)).toBe('new');
    addresses.change(new Map());
    await vi.waitFor(() => expect(onChange.mock.calls.length).toBeGreaterThan(3));
    expect(addresses.of(ID)).toBe('new');
    awaited = new Set();
    await vi.waitFor(() => expect(addresses.of(ID)).toBeUndefined());
    addresses.change(new Map([[ID, 'again']]));
    expect(addresses.of(ID)).toBe('again');
    addresses.close();
  });
});

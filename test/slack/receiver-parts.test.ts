import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { parseActionValue, toActionValue } from '../../src/slack/blocks/action-value.ts';
import { isWebLink } from '../../src/slack/blocks/buttons.ts';
import { clientMsgId } from '../../src/slack/messenger/client-msg-id.ts';
import { createDedupe } from '../../src/slack/receiver/dedupe.ts';
import { createInFlight } from '../../src/slack/receiver/in-flight.ts';

describe('createDedupe', () => {
  it('knows an id as long as it remembers it', () => {
    let at = 0;
    const dedupe = createDedupe({ now: () => at, ttlMs: 100 });
    expect([dedupe.first('a'), dedupe.first('a'), dedupe.first('b')]).toEqual([true, false, true]);
    at = 100;
    expect(dedupe.first('a')).toBe(true);
  });

  it('stays small', () => {
    const dedupe = createDedupe({ now: () => 0, max: 2 });
    for (const id of ['a', 'b', 'c']) dedupe.first(id);
    expect([dedupe.first('c'), dedupe.first('a')]).toEqual([false, true]);
  });
});

describe('createInFlight', () => {
  it('waits for what is under way, also for what fails', async () => {
    const inFlight = createInFlight();
    const done: string[] = [];
    inFlight.track(sleep(20).then(() => done.push('a')));
    inFlight.track(sleep(10).then(() => Promise.reject(new Error('b')))).catch(() => done.push('b'));
    expect(await inFlight.drain(1_000)).toBe(0);
    expect(done.toSorted()).toEqual(['a', 'b']);
  });

  it('gives up at the deadline and says how much is left', async () => {
    const inFlight = createInFlight();
    inFlight.track(new Promise(() => {}));
    expect(await inFlight.drain(10)).toBe(1);
  });
});

describe('action values', () => {
  it('come back as they were', () => {
    const value = { groupId: 'g', version: 3, service: 'shop-api' };
    expect(parseActionValue(toActionValue(value) ?? '')).toEqual(value);
  });

  it.each(['', 'x', '{"version":"3"}', '[]', 'null'])('are empty when they are not ours: %j', (text) =>
    expect(parseActionValue(text)).toEqual({}),
  );

  it('are not made from what Slack would change or refuse', () => {
    expect(toActionValue({ service: 'a\u0000' })).toBeUndefined();
    expect(toActionValue({ service: 'x'.repeat(2_000) })).toBeUndefined();
  });
});

describe('isWebLink', () => {
  it.each([
    ['https://a.example/x?y=1&z={}', true],
    ['http://127.0.0.1:9090', true],
    ['javascript:alert(1)', false],
    ['ftp://a.example', false],
    ['https:a.example', false],
    ['https://a b', false],
    [`https://a.example/${'x'.repeat(3_000)}`, false],
    ['', false],
  ])('%j: %s', (url, expected) => expect(isWebLink(url)).toBe(expected));
});

describe('clientMsgId', () => {
  it('is a UUID of version 5 that only depends on its name', () => {
    expect(clientMsgId('a', 'b')).toBe(clientMsgId('a', 'b'));
    expect(clientMsgId('a', 'b')).not.toBe(clientMsgId('ab', ''));
    expect(clientMsgId('a')).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-5[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
  });
});

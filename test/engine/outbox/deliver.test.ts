import fc from 'fast-check';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { deliver } from '../../../src/engine/outbox/deliver.ts';
import type { Messenger, OutgoingMessage } from '../../../src/engine/ports/message.ts';
import type { OutboxStore } from '../../../src/engine/ports/outbox-store.ts';
import { type TestDatabase, testDatabase } from '../../support/database.ts';
import { silentLog } from '../../support/silent-log.ts';
import { Crash, type FakeSlack, type Fate, fakeSlack, type SlackCall } from '../fake-slack.ts';

let test: TestDatabase;
beforeAll(async () => {
  test = await testDatabase();
});
afterEach(async () => {
  await test.pool.query('truncate outbox, channel_budgets');
});
afterAll(() => test.close());

function message(key: string, text: string, overrides: Partial<OutgoingMessage> = {}): OutgoingMessage {
  return {
    key,
    channel: '#c',
    position: 0,
    content: {
      text,
      blocks: [],
      metadata: { event_type: 'perfbot_alert', event_payload: { part: 'card', key } },
    },
    ...overrides,
  };
}

const CARD = message('card', 'card');
const FILE = message('card/2', 'chart', {
  threadOf: 'card',
  position: 2,
  attachments: [{ kind: 'text', text: 'numbers', filename: 'a.txt', title: 'A' }],
});
const THREAD = [
  message('card/1', 'verdict', { threadOf: 'card', position: 1 }),
  FILE,
  message('card/3', 'next steps', { threadOf: 'card', position: 3 }),
];

/** A worker that looks at the outbox again and again on a clock of its own, and is started anew when it crashes. */
function worker(slack: Messenger, store: OutboxStore = test.database.outbox) {
  let now = 1_000_000;
  const life = { dead: false };
  const messenger = mortal(slack, life);
  const outbox = mortal(store, life);
  const once = async () => {
    life.dead = false;
    try {
      await deliver({
        outbox,
        runs: test.database.runs,
        messenger,
        now: () => now,
        log: silentLog,
        onSent() {},
        onFailed() {},
      })(new AbortController().signal);
    } catch (error) {
      if (!(error instanceof Crash)) throw error;
    }
  };
  return {
    once,
    now: () => now,
    pass: (ms: number) => {
      now += ms;
    },
    async untilQuiet(mostMs = 3_600_000) {
      const end = now + mostMs;
      for (;;) {
        await once();
        const due = await test.database.outbox.nextDueAt(now);
        if (due === undefined || now > end) return;
        now = Math.max(now + 1000, due);
      }
    },
  };
}

/** After the first crash nothing else of this process happens. */
function mortal<T extends object>(parts: T, life: { dead: boolean }): T {
  return new Proxy(parts, {
    get(target, name, receiver) {
      const work: unknown = Reflect.get(target, name, receiver);
      if (typeof work !== 'function') return work;
      return async (...args: readonly unknown[]) => {
        if (life.dead) throw new Crash();
        try {
          return await work(...args);
        } catch (error) {
          if (error instanceof Crash) life.dead = true;
          throw error;
        }
      };
    },
  });
}

/** Fates in order for one kind of call; `ok` when they are used up. */
function script(fates: Partial<Record<SlackCall, readonly Fate[]>>) {
  const left = new Map(Object.entries(fates).map(([call, list]) => [call, [...list]]));
  return (call: SlackCall): Fate => left.get(call)?.shift() ?? 'ok';
}

async function put(...messages: readonly OutgoingMessage[]) {
  for (const one of messages) await test.database.outbox.put(one, 1_000_000);
}

function expectWhole(slack: FakeSlack, card = 'card') {
  expect(slack.thread()).toEqual([card]);
  expect(slack.thread(slack.messages[0]?.ts)).toEqual(['verdict', 'chart', 'next steps']);
}

const RECOVERABLE: readonly Fate[] = [
  'later',
  'rate_limited',
  'unauthorized',
  'lost_before',
  'lost_after',
  'crash_before',
  'crash_after',
];

describe('deliver', () => {
  it.each(
    (['post', 'uploadFiles', 'shareFiles'] as const).flatMap((call) =>
      RECOVERABLE.filter((fate) => call === 'post' || fate !== 'unauthorized').map(
        (fate) => [call, fate] as const,
      ),
    ),
  )('tells everything once and in order when %s ends with %s', async (call, fate) => {
    const slack = fakeSlack(script({ [call]: [fate] }));
    await put(CARD, ...THREAD);
    await worker(slack).untilQuiet();
    expectWhole(slack);
  });

  it.each(RECOVERABLE)('brings an edit through when it ends with %s', async (fate) => {
    const slack = fakeSlack(script({ update: [fate, fate] }));
    const one = worker(slack);
    await put(CARD);
    await one.untilQuiet();
    await put(message('card', 'resolved'));
    await one.untilQuiet();
    expect(slack.thread()).toEqual(['resolved']);
  });

  it.each(['later', 'rate_limited', 'unauthorized', 'lost_before', 'crash_before'] as const)(
    'does not post twice when the look for a message with a lost answer ends with %s',
    async (fate) => {
      const slack = fakeSlack(script({ post: ['lost_after'], find: [fate, fate] }));
      await put(CARD, ...THREAD);
      await worker(slack).untilQuiet();
      expectWhole(slack);
    },
  );

  it('tells the newest content after a lost answer', async () => {
    const slack = fakeSlack(script({ post: ['lost_after'] }));
    const one = worker(slack);
    await put(CARD);
    await one.once();
    await put(message('card', 'newer'));
    await one.untilQuiet();
    expect(slack.thread()).toEqual(['newer']);
  });

  it('waits as long as it is asked to, with the other new messages of the channel', async () => {
    const slack = fakeSlack(script({ post: ['rate_limited'] }));
    const one = worker(slack);
    await put(CARD, message('other', 'other'), message('elsewhere', 'elsewhere', { channel: '#d' }));
    await one.once();
    expect(slack.thread()).toEqual(['elsewhere']);
    one.pass(6999);
    await one.once();
    expect(slack.thread()).toEqual(['elsewhere']);
    one.pass(1);
    await one.once();
    expect(slack.messages).toHaveLength(2);
    one.pass(1000);
    await one.once();
    expect(slack.messages).toHaveLength(3);
  });

  it('goes on with the thread when one of its messages is refused', async () => {
    const slack = fakeSlack(script({ post: ['ok', 'refused'] }));
    await put(CARD, ...THREAD);
    await worker(slack).untilQuiet();
    expect(slack.thread('1.0')).toEqual(['chart', 'next steps']);
  });

  it('lets a file that cannot be uploaded not hold up its thread for long', async () => {
    const slack = fakeSlack((call) => (call === 'uploadFiles' ? 'later' : 'ok'));
    const one = worker(slack);
    await put(CARD, ...THREAD);
    await one.untilQuiet(5 * 60_000);
    expect(slack.thread('1.0')).toEqual(['verdict', 'next steps']);
  });

  it('keeps the thread of a refused message until a later revision of it is taken', async () => {
    const slack = fakeSlack(script({ post: ['refused'] }));
    const one = worker(slack);
    await put(CARD, ...THREAD);
    await one.untilQuiet();
    expect(slack.messages).toEqual([]);
    expect(await test.database.outbox.nextDueAt(one.now())).toBeUndefined();
    await put(message('card', 'changed'));
    await one.untilQuiet();
    expectWhole(slack, 'changed');
  });

  it('gives an edit up when the message is gone, and the replies to it', async () => {
    const slack = fakeSlack();
    const one = worker(slack);
    await put(CARD);
    await one.untilQuiet();
    slack.messages.length = 0;
    await put(message('card', 'edited'));
    await one.untilQuiet();
    expect(slack.messages).toEqual([]);
    expect(await test.database.outbox.nextDueAt(one.now())).toBeUndefined();
  });

  it('tries no message for ever', async () => {
    const slack = fakeSlack(() => 'later');
    const one = worker(slack);
    await put(CARD);
    await one.untilQuiet(7 * 86_400_000);
    expect(await test.database.outbox.nextDueAt(one.now())).toBeUndefined();
    expect(slack.calls.length).toBeGreaterThan(200);
    expect(slack.calls.length).toBeLessThan(400);
  });

  it('tells every key once, newest and in order, whatever fails and whenever the process dies', async () => {
    const fate = fc.constantFrom<Fate>('ok', 'ok', ...RECOVERABLE);
    await fc.assert(
      fc.asyncProperty(
        fc.array(fate, { maxLength: 12 }),
        fc.array(fc.constantFrom('ok', 'ok', 'ok', 'before', 'after'), { maxLength: 12 }),
        fc.nat({ max: 6 }),
        async (fates, writes, changeAt) => {
          await test.pool.query('truncate outbox, channel_budgets');
          const left = [...fates];
          const slack = fakeSlack((call) => {
            const next = left.shift() ?? 'ok';
            return next === 'unauthorized' && call !== 'post' ? 'later' : next;
          });
          const one = worker(slack, crashing(test.database.outbox, [...writes]));
          await put(CARD, ...THREAD);
          for (let round = 0; round < changeAt; round += 1) {
            await one.once();
            one.pass(1000);
          }
          await put(
            message('card', 'final'),
            message('card/1', 'verdict', { threadOf: 'card', position: 1 }),
          );
          await one.untilQuiet();
          expectWhole(slack, 'final');
        },
      ),
      { numRuns: 30 },
    );
  }, 60_000);
});

/** The store of a process that dies right before or right after one of its writes. */
function crashing(outbox: OutboxStore, plan: string[]): OutboxStore {
  const around =
    <A extends readonly unknown[]>(work: (...args: A) => Promise<void>) =>
    async (...args: A) => {
      const decided = plan.shift() ?? 'ok';
      if (decided === 'before') throw new Crash();
      await work(...args);
      if (decided === 'after') throw new Crash();
    };
  return {
    ...outbox,
    sent: around(outbox.sent),
    postpone: around(outbox.postpone),
    saveFileIds: around(outbox.saveFileIds),
  };
}

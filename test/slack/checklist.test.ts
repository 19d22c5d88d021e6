import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { checkView } from '../../src/core/block-kit/rules.ts';
import type { Filling, Round, RoundItem } from '../../src/core/checklist/round.ts';
import type { MessageContent } from '../../src/engine/ports/message.ts';
import { assignModal } from '../../src/slack/checklist/assign-modal.ts';
import { renderChecklistList } from '../../src/slack/checklist/checklist-list.ts';
import { createRoundRenderer } from '../../src/slack/checklist/create-round-renderer.ts';
import { noteModal } from '../../src/slack/checklist/note-modal.ts';
import { parseTickElement } from '../../src/slack/checklist/tick-element.ts';
import { hostileText } from './support/hostile.ts';
import { expectGoodMessage } from './support/message-promises.ts';

const DUE = Date.parse('2026-11-23T08:00:00Z');
const renderer = createRoundRenderer({ timezone: 'Europe/Berlin' });

const fine: Filling = {
  severity: 'ok',
  numbers: [
    {
      title: 'Response time (p95)',
      service: 'shop-api',
      target: 'http:shop-api',
      metric: 'http.timing/response_time_p95_ms',
      severity: 'ok',
      value: 410,
      unit: 'ms',
      usual: 390,
      threshold: 2000,
      before: 400,
    },
  ],
  remarks: [],
  measured: 5,
  offending: 0,
  unmeasured: 0,
  evidence: [{ title: 'Status', url: 'https://slack.example/archives/C1/p1' }],
};
const slow: Filling = {
  ...fine,
  severity: 'critical',
  numbers: fine.numbers.map((number) => ({ ...number, severity: 'critical' as const, value: 3400 })),
  remarks: ['A read without an index (shop-db)'],
  offending: 1,
};
const blind: Filling = { ...fine, severity: 'unknown', numbers: [], measured: 0, unmeasured: 2 };

const clean: Filling = { ...blind, severity: 'ok', unmeasured: 0, ruledOut: ['statistics are fresh'] };

/** A load test of one service ran, another one may be tested. */
const tested: Filling = {
  ...fine,
  severity: 'unknown',
  numbers: fine.numbers.map((number) => ({
    ...number,
    title: 'p95 under load',
    beforeWhat: 'last test',
  })),
  unmeasured: 1,
  summary: 'Not tested since the last round: cart',
  results: [
    {
      title: 'Load test of shop-api (light)',
      text: 'shop-api keeps up.',
      at: DUE,
      url: 'https://acme.slack.com/archives/C0123456789/p1795420800000100',
    },
  ],
  loadtest: { profile: 'light', services: ['cart'] },
};
const untested: Filling = {
  ...blind,
  summary: 'No load test since the last round. May be tested: shop-api, cart',
  results: [],
  loadtest: { profile: 'light', services: ['shop-api', 'cart'] },
};
/** What nothing judges comes in the order of its change. */
const moved: Filling = {
  ...fine,
  numbers: ['Usual CPU', 'Usual memory', 'Usual calls', 'Usual clients'].flatMap((title) =>
    fine.numbers.map((number) => ({ ...number, title })),
  ),
  summary: '4 usual values computed again, 2 moved since the last round',
};

function item(position: number, overrides: Partial<RoundItem> = {}): RoundItem {
  return {
    position,
    id: `item_${position}`,
    title: `Item ${position}`,
    person: 'Somebody has to decide.',
    fill: { playbooks: ['status'], kpis: [], metrics: [], causes: [], settle: 'when_ok' },
    filling: fine,
    checked: false,
    checkedBy: undefined,
    checkedAt: undefined,
    note: undefined,
    notedBy: undefined,
    owner: undefined,
    ownerBy: undefined,
    openSince: undefined,
    ...overrides,
  };
}

const round: Round = {
  id: 'h0123456789',
  checklist: 'daily',
  title: 'Daily performance check',
  channel: '#ops',
  schedule: 'daily|#ops|0 9 * * 1-5|Europe/Berlin',
  dueAt: DUE,
  createdAt: DUE + 10_000,
  timezone: 'Europe/Berlin',
  missed: 0,
  requestedBy: undefined,
  state: 'open',
  revision: 7,
  remindAt: undefined,
  remindIn: undefined,
  runs: [{ playbook: 'status', runId: 'r1' }],
  items: [
    item(0, { checked: true, checkedAt: DUE + 20_000 }),
    item(1, {
      checked: true,
      checkedAt: DUE + 60_000,
      checkedBy: 'U012AB3CD',
      filling: undefined,
      fill: undefined,
    }),
    item(2, {
      filling: slow,
      note: 'See the ticket',
      notedBy: 'U012AB3CD',
      owner: 'U045EF6GH',
      ownerBy: 'U012AB3CD',
    }),
    item(3, { filling: blind, owner: 'S0123456789' }),
    item(4, { filling: undefined, fill: undefined, openSince: DUE - 86_400_000, owner: 'Database team' }),
  ],
};
const twenty = Array.from({ length: 20 }, (_, index) =>
  item(index, {
    title: 'T'.repeat(75),
    filling: slow,
    note: 'n'.repeat(300),
    notedBy: 'U012AB3CD',
    owner: 'U045EF6GH',
    ownerBy: 'U012AB3CD',
    checked: true,
    checkedAt: DUE,
    checkedBy: 'U012AB3CD',
  }),
);

const MESSAGES: Readonly<Record<string, MessageContent>> = {
  'checklist-open': renderer.round(round, 'k'),
  'checklist-looking': renderer.round(
    {
      ...round,
      state: 'filling',
      items: [item(0, { filling: undefined, owner: 'U012AB3CD' }), item(1, { filling: clean })],
    },
    'k',
  ),
  'checklist-late': renderer.round({ ...round, createdAt: DUE + 3 * 3_600_000, missed: 2 }, 'k'),
  'checklist-replaced': renderer.round({ ...round, state: 'replaced' }, 'k'),
  'checklist-asked-for': renderer.round({ ...round, schedule: undefined, requestedBy: 'U012AB3CD' }, 'k'),
  'checklist-weekly': renderer.round(
    {
      ...round,
      items: [
        item(0, { title: 'Run performance load tests', filling: tested }),
        item(1, { title: 'Never tested', filling: untested }),
        item(2, { title: 'Update performance baselines', filling: moved, checked: true, checkedAt: DUE }),
      ],
    },
    'k',
  ),
  'checklist-reminder': renderer.reminder(round, 'k'),
  'checklist-owner': renderer.ownerChange(
    { roundId: round.id, title: 'Item 2', before: 'Database team', owner: 'U045EF6GH', by: 'U012AB3CD' },
    'k',
  ),
  'reply-checklists': renderChecklistList(
    [
      {
        checklist: { name: 'daily', title: 'Daily performance check', description: 'D', items: [] },
        times: [
          { channel: '#ops', nextAt: DUE, paused: false, edited: true },
          { channel: '#db', nextAt: DUE, paused: true, edited: false },
        ],
        last: round,
      },
      {
        checklist: { name: 'monthly', title: 'Monthly performance check', description: 'D', items: [] },
        times: [],
        last: undefined,
      },
    ],
    { timezone: 'UTC' },
  ),
};

interface Checkboxes {
  readonly blockId: string;
  readonly options: readonly string[];
  readonly ticked: readonly string[];
}

function checkboxes({ blocks }: MessageContent): readonly Checkboxes[] {
  const values = (options: unknown) =>
    (options as { value: string }[] | undefined)?.map(({ value }) => value) ?? [];
  return blocks.flatMap(({ block_id, elements }) =>
    ((elements as Record<string, unknown>[] | undefined) ?? [])
      .filter(({ type }) => type === 'checkboxes')
      .map(({ options, initial_options }) => ({
        blockId: String(block_id),
        options: values(options),
        ticked: values(initial_options),
      })),
  );
}

describe('messages of checklists as they were agreed on', () => {
  it.each(Object.entries(MESSAGES))('%s', async (name, content) => {
    expectGoodMessage(content);
    await expect(`${JSON.stringify(content, null, 2)}\n`).toMatchFileSnapshot(`golden/${name}.json`);
  });

  it('offer a load test once for each item, as long as the round is open', () => {
    const open = MESSAGES['checklist-weekly'] as MessageContent;
    expect(JSON.stringify(open).match(/perfbot_load_offer/g)).toHaveLength(2);
    expect(open.text).toContain('Never tested: ☐ open');
    expect(open.text).toContain('last test 400 ms (+2.5 %)');
    expect(open.text).toMatch(/Usual CPU.*Usual memory.*Usual calls/);
    expect(open.text).not.toContain('Usual clients');
    const items = [item(0, { filling: tested })];
    expect(JSON.stringify(renderer.round({ ...round, state: 'replaced', items }, 'k'))).not.toContain(
      'perfbot_load_offer',
    );
  });

  it('have room for twenty items with a menu of a hundred services each', () => {
    const services = Array.from({ length: 100 }, (_, index) => `service-${index}-${'x'.repeat(60)}`);
    const filling = { ...tested, loadtest: { profile: 'light', services } };
    const crowded = renderer.round({ ...round, items: twenty.map((one) => ({ ...one, filling })) }, 'k');
    expectGoodMessage(crowded);
    expect(JSON.stringify(crowded)).toContain('perfbot_load_offer');
  });

  it('say everything in their text, with a word beside every sign', () => {
    const { text } = MESSAGES['checklist-open'] as MessageContent;
    expect(text).toContain('2 of 5 done, 1 by perfbot');
    expect(text).toMatch(/✅ done by perfbot, <!date\^\d+\^/);
    expect(text).toMatch(/✅ done by <@U\w+>, <!date\^\d+\^/);
    expect(text).toContain('all fine · Evidence: <https://slack.example/archives/C1/p1|Status>');
    expect(text).toContain('last round 400 ms (+2.5 %)');
    expect(text).toContain('🔴 critical, needs a person');
    expect(text).toContain('⚪ not fully measured, needs a person');
    expect(text).toContain('Note by <@U012AB3CD>: See the ticket');
  });
});

describe('owners', () => {
  const { text } = MESSAGES['checklist-open'] as MessageContent;

  it('stand beside their items, as mentions only when they are ids', () => {
    expect(text).toContain('Owner: <@U045EF6GH>, given by <@U012AB3CD>');
    expect(text).toContain('Owner: <!subteam^S0123456789>');
    expect(text).toContain('Owner: Database team');
    for (const owner of ['UNICORN', '<@U045EF6GH>', '@channel', 'SRE'])
      expect(renderer.round({ ...round, items: [item(0, { owner })] }, 'k').text).not.toMatch(
        /<[@!](?!date)/,
      );
  });

  it('are not called while perfbot may still settle the item', () => {
    expect((MESSAGES['checklist-looking'] as MessageContent).text).not.toContain('Owner');
  });

  it('of open items are reminded', () => {
    const reminder = (MESSAGES['checklist-reminder'] as MessageContent).text;
    expect(reminder).toContain('Item 2 (<@U045EF6GH>)');
    expect(reminder).toContain('Item 4 (Database team)');
  });
});

describe('checkboxes', () => {
  it('hold ten items at most, with the ticks of the round', () => {
    const content = renderer.round({ ...round, items: twenty }, 'k');
    expectGoodMessage(content);
    const groups = checkboxes(content);
    expect(groups.map(({ options }) => options.length)).toEqual([10, 10]);
    expect(groups.flatMap(({ ticked }) => ticked)).toEqual(twenty.map(({ position }) => String(position)));
    expect(checkboxes(MESSAGES['checklist-open'] as MessageContent)[0]?.ticked).toEqual(['0', '1']);
  });

  it('have a name that changes with every revision and says what was shown', () => {
    const names = [7, 8].map(
      (revision) => checkboxes(renderer.round({ ...round, revision }, 'k'))[0]?.blockId ?? '',
    );
    expect(names[0]).not.toBe(names[1]);
    expect(parseTickElement(names[0] ?? '')).toEqual({
      roundId: round.id,
      positions: [0, 1, 2, 3, 4],
      shown: [0, 1],
    });
    const [, second] = checkboxes(renderer.round({ ...round, items: twenty }, 'k'));
    expect(parseTickElement(second?.blockId ?? '')?.positions[0]).toBe(10);
  });

  it('end with the round', () => {
    expect(checkboxes(MESSAGES['checklist-replaced'] as MessageContent)).toEqual([]);
  });

  it.each([
    '',
    'x',
    'checklist:a:0:1',
    'checklist:a:0:1:012',
    'checklist:a:x:1:01',
    'checklist::0:1:01',
    'other:a:0:1:01',
    'checklist:a:0:1:01:more',
  ])('are not read from %j', (name) => expect(parseTickElement(name)).toBeUndefined());
});

describe('text of others', () => {
  it('is shown, never followed', () => {
    fc.assert(
      fc.property(hostileText, (text) => {
        const results = [{ title: text, text, at: DUE, url: text }];
        const loadtest = { profile: text, services: [text, 'shop-api'] };
        const filling = { ...slow, remarks: [text], summary: text, results, loadtest };
        const items = [
          item(0, {
            title: text,
            // Written by whoever runs perfbot: back quotes mark what is to be typed.
            person: text.replaceAll('`', "'"),
            note: text,
            notedBy: text,
            owner: text,
            ownerBy: text,
            filling,
          }),
        ];
        expectGoodMessage(renderer.round({ ...round, title: text, items }, 'k'));
        expectGoodMessage(renderer.reminder({ ...round, title: text, items }, 'k'));
        const change = { roundId: round.id, title: text, before: text, owner: text, by: 'U012AB3CD' };
        expectGoodMessage(renderer.ownerChange(change, 'k'));
      }),
      { numRuns: 100 },
    );
  });
});

describe('the dialogues about an item', () => {
  it.each([noteModal, assignModal])('keep the rules of Slack, with few items and with many', (modal) => {
    expect(checkView(modal(round))).toEqual([]);
    expect(checkView(modal({ ...round, items: twenty }))).toEqual([]);
  });
});

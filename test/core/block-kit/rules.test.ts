import { describe, expect, it } from 'vitest';
import { LIMITS } from '../../../src/core/block-kit/limits.ts';
import { messageSize } from '../../../src/core/block-kit/message-size.ts';
import { checkMessage, checkView } from '../../../src/core/block-kit/rules.ts';

type Json = Record<string, unknown>;

const chars = (length: number) => 'x'.repeat(length);
const times = <T>(count: number, make: (index: number) => T): T[] =>
  Array.from({ length: count }, (_, i) => make(i));
const plain = (length: number): Json => ({ type: 'plain_text', text: chars(length) });
const mrkdwn = (length: number): Json => ({ type: 'mrkdwn', text: chars(length) });
const option = (n: number, fields: Json = {}): Json => ({ text: plain(3), value: `v${n}`, ...fields });
const section = (fields: Json): Json => ({ type: 'section', ...fields });
const actions = (...elements: Json[]): Json => ({ type: 'actions', elements });
const button = (fields: Json = {}): Json => ({ type: 'button', text: plain(3), ...fields });
const cell = (length = 1): Json => ({ type: 'raw_text', text: chars(length) });
const table = (rows: number, columns: number): Json => ({
  type: 'table',
  rows: times(rows, () => times(columns, () => cell())),
});
const labels = (count: number) => times(count, (i) => `l${i}`);
const lineChart = (series: number, points: number, fields: Json = {}): Json => ({
  type: 'data_visualization',
  title: 'p95',
  chart: {
    type: 'line',
    series: times(series, (s) => ({
      name: `s${s}`,
      data: labels(points).map((label) => ({ label, value: 1 })),
    })),
    axis_config: { categories: labels(points) },
  },
  ...fields,
});
const confirm = (fields: Json): Json => actions(button({ confirm: { text: plain(3), ...fields } }));
const image = (fields: Json): Json => ({
  type: 'image',
  alt_text: 'a',
  image_url: 'https://a.b/c.png',
  ...fields,
});
const container = (count: number): Json => ({
  type: 'container',
  title: plain(3),
  child_blocks: times(count, () => ({ type: 'divider' })),
});

/** Name, a block with a size, the largest size that passes. One more must fail. */
const BOUNDARIES: readonly (readonly [string, (size: number) => Json, number])[] = [
  ['block_id', (n) => ({ type: 'divider', block_id: chars(n) }), LIMITS.blockId],
  ['action_id', (n) => actions(button({ action_id: chars(n) })), LIMITS.actionId],
  ['section text', (n) => section({ text: mrkdwn(n) }), 3000],
  ['section fields', (n) => section({ fields: times(n, () => mrkdwn(3)) }), 10],
  ['section field text', (n) => section({ fields: [mrkdwn(n)] }), 2000],
  ['header text', (n) => ({ type: 'header', text: plain(n) }), 150],
  ['header level', (n) => ({ type: 'header', text: plain(3), level: n }), 4],
  ['context elements', (n) => ({ type: 'context', elements: times(n, () => mrkdwn(3)) }), 10],
  ['actions elements', (n) => actions(...times(n, () => button())), 25],
  ['button text', (n) => actions(button({ text: plain(n) })), 75],
  ['button value', (n) => actions(button({ value: chars(n) })), 2000],
  ['button url', (n) => actions(button({ url: `https://${chars(n - 8)}` })), 3000],
  ['button label', (n) => actions(button({ accessibility_label: chars(n) })), 75],
  ['overflow options', (n) => actions({ type: 'overflow', options: times(n, option) }), 5],
  ['checkboxes options', (n) => actions({ type: 'checkboxes', options: times(n, option) }), 10],
  ['radio options', (n) => actions({ type: 'radio_buttons', options: times(n, option) }), 10],
  ['option text', (n) => actions({ type: 'checkboxes', options: [option(0, { text: plain(n) })] }), 75],
  ['option value', (n) => actions({ type: 'checkboxes', options: [option(0, { value: chars(n) })] }), 150],
  [
    'option description',
    (n) => actions({ type: 'checkboxes', options: [option(0, { description: mrkdwn(n) })] }),
    75,
  ],
  ['select options', (n) => actions({ type: 'static_select', options: times(n, option) }), 100],
  [
    'select groups',
    (n) =>
      actions({
        type: 'static_select',
        option_groups: times(n, () => ({ label: plain(3), options: [option(0)] })),
      }),
    100,
  ],
  [
    'select group label',
    (n) => actions({ type: 'static_select', option_groups: [{ label: plain(n), options: [option(0)] }] }),
    75,
  ],
  [
    'select placeholder',
    (n) => actions({ type: 'static_select', placeholder: plain(n), options: [option(0)] }),
    150,
  ],
  ['confirm title', (n) => confirm({ title: plain(n) }), 100],
  ['confirm text', (n) => confirm({ text: mrkdwn(n) }), 300],
  ['confirm button', (n) => confirm({ confirm: plain(n) }), 30],
  ['deny button', (n) => confirm({ deny: plain(n) }), 30],
  ['image alt text', (n) => image({ alt_text: chars(n) }), 2000],
  ['image title', (n) => image({ title: plain(n) }), 2000],
  ['image url', (n) => image({ image_url: `https://${chars(n - 8)}` }), 3000],
  ['table rows', (n) => table(n, 1), 100],
  ['table columns', (n) => table(1, n), 20],
  ['column settings', (n) => ({ ...table(1, 1), column_settings: times(n, () => null) }), 20],
  ['chart title', (n) => lineChart(1, 1, { title: chars(n) }), 50],
  ['chart series', (n) => lineChart(n, 1), 6],
  ['chart points', (n) => lineChart(1, n), 20],
  ['container blocks', container, 10],
  ['markdown text', (n) => ({ type: 'markdown', text: chars(n) }), 12_000],
];

const refusals = (message: Json) =>
  checkMessage({ text: 'says it all', ...message }).map(({ path, message: text, code }) => ({
    path,
    text,
    code,
  }));

describe('limits of blocks', () => {
  it.each(BOUNDARIES)('%s: the limit passes, one over is refused', (_name, make, limit) => {
    expect(refusals({ blocks: [make(limit)] })).toEqual([]);
    expect(refusals({ blocks: [make(limit + 1)] })).not.toEqual([]);
  });
});

describe('limits of messages', () => {
  const MESSAGES: readonly (readonly [string, (size: number) => Json, number, string])[] = [
    ['blocks', (n) => ({ blocks: times(n, () => ({ type: 'divider' })) }), 50, 'invalid_blocks'],
    ['text', (n) => ({ text: chars(n) }), 40_000, 'msg_too_long'],
    ['attachments', (n) => ({ attachments: times(n, () => ({})) }), 100, 'too_many_attachments'],
    ['tables', (n) => ({ blocks: times(n, () => table(1, 1)) }), 1, 'only_one_table_allowed'],
    ['charts', (n) => ({ blocks: times(n, () => lineChart(1, 1)) }), 2, 'invalid_blocks'],
    [
      'characters of all tables',
      (n) => ({ blocks: [{ type: 'table', rows: [[cell(n - 1), cell(1)]] }] }),
      10_000,
      'invalid_blocks',
    ],
    [
      'characters of all blocks',
      (n) => ({
        blocks: [2_900, 2_900, 2_900, 2_900, n - 12_000].map((size) => section({ text: plain(size) })),
      }),
      13_200,
      'msg_blocks_too_long',
    ],
    [
      'characters of all markdown blocks',
      (n) => ({
        blocks: [
          { type: 'markdown', text: chars(6_000) },
          { type: 'markdown', text: chars(n - 6_000) },
        ],
      }),
      12_000,
      'invalid_blocks',
    ],
    [
      'metadata bytes',
      (n) => ({ metadata: { event_type: 'perfbot_report', event_payload: { k: chars(n - 8) } } }),
      8_000,
      'metadata_too_large',
    ],
  ];
  it.each(MESSAGES)('%s: the limit passes, one over is %s', (_name, make, limit, code) => {
    expect(refusals(make(limit))).toEqual([]);
    expect(refusals(make(limit + 1)).map((problem) => problem.code)).toEqual([code]);
  });

  it('counts each block after the first as overhead', () => {
    expect(messageSize([section({ text: plain(10) })])).toBe(10);
    expect(messageSize([section({ text: plain(10) }), { type: 'divider' }])).toBe(110);
  });
});

describe('refused messages', () => {
  const REFUSED: readonly (readonly [string, Json, string, string])[] = [
    ['an unknown block', { blocks: [{ type: 'marquee' }] }, '/blocks/0/type', 'unsupported type: marquee'],
    [
      'an alert block',
      { blocks: [{ type: 'alert', text: plain(3) }] },
      '/blocks/0/type',
      'unsupported type: alert',
    ],
    ['an empty text', { blocks: [section({ text: mrkdwn(0) })] }, '/blocks/0/text/text', 'more than 0'],
    ['a section with nothing', { blocks: [section({})] }, '/blocks/0', 'text or fields'],
    [
      'mrkdwn in a header',
      { blocks: [{ type: 'header', text: mrkdwn(3) }] },
      '/blocks/0/text/type',
      'mrkdwn',
    ],
    [
      'a button in a context',
      { blocks: [{ type: 'context', elements: [button()] }] },
      '/blocks/0/elements/0/type',
      'button',
    ],
    [
      'a button of another style',
      { blocks: [actions(button({ style: 'default' }))] },
      '/blocks/0/elements/0/style',
      'primary',
    ],
    [
      'a script link',
      { blocks: [actions(button({ url: 'javascript:1' }))] },
      '/blocks/0/elements/0/url',
      'format',
    ],
    [
      'a field that does not exist',
      { blocks: [section({ text: plain(3), colour: 'red' })] },
      '/blocks/0',
      'colour',
    ],
    [
      'an image without alt text',
      { blocks: [{ type: 'image', image_url: 'https://a.b/c' }] },
      '/blocks/0',
      'alt_text',
    ],
    [
      'an image with two sources',
      { blocks: [image({ slack_file: { id: 'F1' } })] },
      '/blocks/0',
      'exactly one',
    ],
    ['an empty leaf', { blocks: [richText('')] }, '/blocks/0/elements/0/elements/0/text', 'more than 0'],
    [
      'an unsafe rich text link',
      { blocks: [richText('x', { type: 'link', url: 'javascript:1' })] },
      '/blocks/0/elements/0/elements/1/url',
      'format',
    ],
    [
      'an empty cell',
      { blocks: [{ type: 'table', rows: [[cell(0)]] }] },
      '/blocks/0/rows/0/0/text',
      'more than 0',
    ],
    ['a lone pending task', { blocks: [task('pending')] }, '/blocks/0/status', 'must be one of'],
    [
      'a plan with a text object',
      { blocks: [{ type: 'plan', title: plain(3) }] },
      '/blocks/0/title',
      'string',
    ],
    [
      'a repeated block_id',
      { blocks: times(2, () => ({ type: 'divider', block_id: 'a' })) },
      '/blocks/1/block_id',
      'exists',
    ],
    [
      'a repeated action_id',
      { blocks: [actions(button({ action_id: 'a' }), button({ action_id: 'a' }))] },
      '/blocks/0',
      'exists',
    ],
    [
      'an initial option that is not offered',
      { blocks: [actions({ type: 'static_select', options: [option(0)], initial_option: option(1) })] },
      '/blocks/0/elements/0',
      'exactly match',
    ],
    ['points that miss a category', { blocks: [unevenChart()] }, '/blocks/0/chart/series/0/data', 'match'],
    [
      'an alert in an attachment',
      { attachments: [{ blocks: [{ type: 'alert' }] }] },
      '/attachments/0/blocks/0/type',
      'alert',
    ],
    ['a message with nothing', { text: ' ' }, '/text', 'needs text'],
    ['blocks without text', { text: '', blocks: [{ type: 'divider' }] }, '/text', 'screen readers'],
    ['metadata without a type', { metadata: { event_payload: {} } }, '/metadata/event_type', 'letters'],
    ['metadata without a payload', { metadata: { event_type: 'a' } }, '/metadata/event_payload', 'object'],
    [
      'metadata with null',
      { metadata: { event_type: 'a', event_payload: { a: null } } },
      '/metadata/event_payload/a',
      'null',
    ],
    ['blocks that are text', { blocks: 'x' }, '/blocks', 'array'],
  ];
  it.each(REFUSED)('%s', (_name, message, path, text) => {
    const found = refusals(message);
    expect(found).toHaveLength(1);
    expect(found[0]).toMatchObject({ path, text: expect.stringContaining(text) });
  });
});

function richText(text: string, ...more: Json[]): Json {
  return {
    type: 'rich_text',
    elements: [{ type: 'rich_text_section', elements: [{ type: 'text', text }, ...more] }],
  };
}

function task(status: string): Json {
  return { type: 'task_card', task_id: 't', title: 'Look', status };
}

function unevenChart(): Json {
  const axis_config = { categories: ['a', 'b'] };
  const series = [{ name: 's', data: [{ label: 'a', value: 1 }] }];
  return { type: 'data_visualization', title: 't', chart: { type: 'bar', series, axis_config } };
}

describe('accepted messages', () => {
  it('takes every kind of block that perfbot may use', () => {
    const blocks = [
      { type: 'header', text: plain(5) },
      section({ text: mrkdwn(3), accessory: image({}) }),
      { type: 'context', elements: [mrkdwn(3), image({})] },
      { type: 'divider' },
      actions(
        button({
          style: 'danger',
          confirm: { title: plain(3), text: mrkdwn(3) },
          value: 'x',
          action_id: 'a',
        }),
        {
          type: 'static_select',
          action_id: 'b',
          options: [option(0)],
          initial_option: { value: 'v0', text: plain(3) },
        },
        { type: 'overflow', action_id: 'c', options: [option(0, { url: 'https://a.b' })] },
        { type: 'checkboxes', action_id: 'd', options: [option(0)], initial_options: [option(0)] },
        { type: 'users_select', action_id: 'e' },
      ),
      image({ image_url: undefined, slack_file: { id: 'F1' } }),
      richText('x', { type: 'user', user_id: 'U1' }),
      {
        type: 'rich_text',
        elements: [{ type: 'rich_text_preformatted', border: 0, elements: [{ type: 'text', text: 'x' }] }],
      },
      table(2, 2),
      lineChart(2, 3),
      { type: 'plan', title: 'Looking', tasks: [task('pending'), task('complete')] },
      task('in_progress'),
      container(2),
      { type: 'markdown', text: 'x' },
    ];
    const metadata = { event_type: 'perfbot_alert', event_payload: { key: 'k', part: 'card' } };
    expect(refusals({ blocks, metadata })).toEqual([]);
    expect(refusals({ metadata: {} })).toEqual([]);
  });
});

describe('views', () => {
  const modal = (fields: Json = {}): Json => ({ type: 'modal', title: plain(3), blocks: [], ...fields });
  const input = { type: 'input', label: plain(3), element: { type: 'plain_text_input' } };
  const BOUNDARIES_OF_VIEWS: readonly (readonly [string, (size: number) => Json, number])[] = [
    ['title', (n) => modal({ title: plain(n) }), 24],
    ['submit', (n) => modal({ submit: plain(n) }), 24],
    ['close', (n) => modal({ close: plain(n) }), 24],
    ['callback_id', (n) => modal({ callback_id: chars(n) }), 255],
    ['private_metadata', (n) => modal({ private_metadata: chars(n) }), 3000],
    ['modal blocks', (n) => modal({ blocks: times(n, () => ({ type: 'divider' })) }), 100],
    ['home blocks', (n) => ({ type: 'home', blocks: times(n, () => ({ type: 'divider' })) }), 100],
    ['alert text', (n) => modal({ blocks: [{ type: 'alert', text: plain(n) }] }), 200],
    ['input label', (n) => modal({ submit: plain(3), blocks: [{ ...input, label: plain(n) }] }), 2000],
    [
      'input max_length',
      (n) =>
        modal({
          submit: plain(3),
          blocks: [{ ...input, element: { type: 'plain_text_input', max_length: n } }],
        }),
      3000,
    ],
  ];
  it.each(BOUNDARIES_OF_VIEWS)('%s: the limit passes, one over is refused', (_name, make, limit) => {
    expect(checkView(make(limit))).toEqual([]);
    expect(checkView(make(limit + 1)).map(({ code }) => code)).toEqual(['invalid_arguments']);
  });

  it('asks for submit where there is an input', () => {
    expect(checkView(modal({ blocks: [input] }))).toMatchObject([{ path: '/submit' }]);
    expect(checkView(modal({ blocks: [input], submit: plain(3) }))).toEqual([]);
  });

  it('refuses what only messages take, and what is no view', () => {
    expect(checkView(modal({ blocks: [table(1, 1)] }))).toMatchObject([{ path: '/blocks/0/type' }]);
    expect(checkView({ type: 'popup' })).toMatchObject([{ path: '/type' }]);
    expect(checkView(undefined)).toHaveLength(1);
  });
});

import { readFileSync } from 'node:fs';
import type {
  Block,
  Message,
  OpenView,
  User,
  WorkspaceState,
} from '../../../src/local-workspace/protocol.ts';

export const CHANNEL = 'C1';
export const BOT: User = { id: 'UBOT', name: 'perfbot', realName: 'perfbot', isBot: true };
export const ME: User = { id: 'UME', name: 'you', realName: 'You', isBot: false };
const ANA: User = { id: 'U012AB3CD', name: 'ana', realName: 'Ana Lima', isBot: false };

/** A moment of today, so that messages stand in one day. */
const NOON = Math.floor(new Date().setHours(12, 0, 0, 0) / 1000);

/** The `ts` of the n-th minute after noon. */
export const tsAt = (minute: number) => `${NOON + minute * 60}.000100`;

export function emptyScene(): WorkspaceState {
  return {
    team: { name: 'Local workspace' },
    me: ME,
    users: [ME, ANA, BOT],
    channels: [
      { id: 'C2', name: 'random', botIsMember: false },
      { id: CHANNEL, name: 'incidents', botIsMember: true },
      { id: 'C0', name: 'general', botIsMember: true },
      { id: 'D1', name: 'perfbot', botIsMember: true, isDirect: true },
    ],
    messages: [],
    ephemerals: [],
    views: [],
    commands: [{ command: '/perf', hint: 'help | status' }],
  };
}

interface Golden {
  readonly text: string;
  readonly blocks: readonly Block[];
}

/** What the Slack adapter sends, from its golden files. */
export function golden(name: string): Golden {
  return JSON.parse(readFileSync(new URL(`../../slack/golden/${name}.json`, import.meta.url), 'utf8'));
}

interface ThreadPart {
  readonly content: Golden;
  readonly attachments?: readonly { readonly title: string; readonly alt: string }[];
}

/** The parts of a report's thread. */
export function goldenThread(): readonly ThreadPart[] {
  return JSON.parse(readFileSync(new URL('../../slack/golden/thread.json', import.meta.url), 'utf8'));
}

/** A message of perfbot in the channel. */
export function fromBot(minute: number, content: Partial<Message>): Message {
  return { channel: CHANNEL, ts: tsAt(minute), user: BOT.id, text: '', ...content };
}

/** Gives ids to blocks as the server does. */
export function withIds(blocks: readonly Block[], prefix: string): readonly Block[] {
  return blocks.map((block, index) => ({ block_id: `${prefix}${index}`, ...block }));
}

const plain = (text: string) => ({ type: 'plain_text', text });
const option = (text: string) => ({ text: plain(text), value: text.toLowerCase() });

/** One of every kind of block. */
export const KINDS: readonly Block[] = [
  { type: 'header', block_id: 'k0', text: plain('Every kind of block :tada:') },
  {
    type: 'section',
    block_id: 'k1',
    text: {
      type: 'mrkdwn',
      text: '*bold* _italic_ ~struck~ `code` :eyes: <https://example.org/a_b|a link> <@U012AB3CD> <#C2> <!here> https://example.org/bare\n&gt; quoted &amp; kept',
    },
    fields: [
      { type: 'mrkdwn', text: '*Service*\nshop-api' },
      { type: 'mrkdwn', text: '*Since*\n<!date^1795403520^{date_short} {time}|23 Nov 2026, 03:12 UTC>' },
    ],
    accessory: { type: 'button', action_id: 'look', text: plain('Look'), value: 'v1' },
  },
  { type: 'divider', block_id: 'k2' },
  {
    type: 'context',
    block_id: 'k3',
    elements: [{ type: 'mrkdwn', text: 'quiet words' }, plain('and plain ones')],
  },
  {
    type: 'image',
    block_id: 'k4',
    alt_text: 'a drawing from elsewhere',
    image_url: 'https://example.org/x.png',
  },
  { type: 'image', block_id: 'k5', alt_text: 'a picture of here', slack_file: { id: 'FPNG' } },
  {
    type: 'rich_text',
    block_id: 'k6',
    elements: [
      {
        type: 'rich_text_section',
        elements: [
          { type: 'text', text: 'rich ' },
          { type: 'text', text: 'strong', style: { bold: true } },
          { type: 'link', url: 'https://example.org/rich', text: 'rich link' },
        ],
      },
      {
        type: 'rich_text_list',
        style: 'ordered',
        elements: [{ type: 'rich_text_section', elements: [{ type: 'text', text: 'first of a list' }] }],
      },
      {
        type: 'rich_text_preformatted',
        elements: [{ type: 'text', text: 'SELECT 1 < 2 &amp; *no markup*' }],
      },
      { type: 'rich_text_quote', elements: [{ type: 'text', text: 'a rich quote' }] },
    ],
  },
  {
    type: 'table',
    block_id: 'k7',
    column_settings: [null, { align: 'right' }],
    rows: [
      [
        { type: 'raw_text', text: 'Name' },
        { type: 'raw_text', text: 'Mean' },
      ],
      [
        { type: 'raw_text', text: 'orders' },
        { type: 'raw_number', value: 340, text: '340 ms' },
      ],
    ],
  },
  {
    type: 'actions',
    block_id: 'k8',
    elements: [
      { type: 'button', action_id: 'go', text: plain('Go'), value: 'go-value', style: 'primary' },
      {
        type: 'button',
        action_id: 'drop',
        text: plain('Drop'),
        value: 'drop-value',
        style: 'danger',
        confirm: {
          title: plain('Drop it?'),
          text: plain('It cannot be undone.'),
          confirm: plain('Yes, drop'),
          deny: plain('Keep'),
          style: 'danger',
        },
      },
      { type: 'button', action_id: 'open', text: plain('Open ↗'), url: 'https://example.org/open' },
      {
        type: 'static_select',
        action_id: 'pick',
        placeholder: plain('Details of a service'),
        options: [option('Shop'), option('Mailer')],
      },
      { type: 'overflow', action_id: 'more', options: [option('Mute'), option('Hide')] },
      { type: 'datepicker', action_id: 'day', initial_date: '2026-11-23', placeholder: plain('A day') },
    ],
  },
  {
    type: 'actions',
    block_id: 'k9',
    elements: [
      {
        type: 'checkboxes',
        action_id: 'ticks',
        options: [option('Dashboards reviewed'), option('Slow queries')],
        initial_options: [option('Dashboards reviewed')],
      },
    ],
  },
  {
    type: 'plan',
    block_id: 'k10',
    title: 'Looking for the cause',
    tasks: [
      { type: 'task_card', task_id: 't1', title: 'Containers', status: 'complete' },
      { type: 'task_card', task_id: 't2', title: 'Database', status: 'in_progress' },
    ],
  },
  { type: 'hologram', block_id: 'k11' },
];

/** A modal with every kind of input. */
export const MODAL: OpenView = {
  id: 'V1',
  hash: 'h1',
  view: {
    type: 'modal',
    title: plain('Silence an alert'),
    submit: plain('Silence'),
    close: plain('Not now'),
    blocks: [
      { type: 'section', block_id: 'm0', text: plain('Alerts of shop-api are held back.') },
      {
        type: 'input',
        block_id: 'reason',
        label: plain('Reason'),
        hint: plain('Others will read it.'),
        element: { type: 'plain_text_input', action_id: 'text', placeholder: plain('Deploying 9c01') },
      },
      {
        type: 'input',
        block_id: 'length',
        label: plain('How long'),
        element: {
          type: 'static_select',
          action_id: 'select',
          options: [option('1h'), option('4h')],
          initial_option: option('1h'),
        },
      },
      {
        type: 'input',
        block_id: 'until',
        label: plain('Not after'),
        optional: true,
        element: { type: 'datepicker', action_id: 'date' },
      },
      {
        type: 'input',
        block_id: 'also',
        label: plain('Also'),
        optional: true,
        element: { type: 'checkboxes', action_id: 'boxes', options: [option('Critical'), option('Warning')] },
      },
    ],
  },
};

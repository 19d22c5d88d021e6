import { describe, expect, it } from 'vitest';
import type { Silence } from '../../src/core/alert/silence.ts';
import { COMMAND_WORDS } from '../../src/core/command-words.ts';
import type { MessageContent } from '../../src/engine/ports/message.ts';
import {
  renderAlertList,
  renderHelp,
  renderHistory,
  renderPlaybookList,
} from '../../src/slack/answers/render-lists.ts';
import { renderRefusal } from '../../src/slack/answers/render-refusal.ts';
import { renderSilences } from '../../src/slack/answers/render-silences.ts';
import { parseActionValue } from '../../src/slack/blocks/action-value.ts';
import { createRenderer } from '../../src/slack/create-renderer.ts';
import type { RendererOptions } from '../../src/slack/renderer-options.ts';
import { group, NOW, overview, report, weekly } from './support/examples.ts';
import { expectGoodMessage } from './support/message-promises.ts';

const renderer = createRenderer({
  timezone: 'UTC',
  links: ({ service }) =>
    service === undefined
      ? []
      : [{ title: 'Grafana', url: `https://grafana.example/d/svc?var-service=${service}` }],
  playbooks: () => [{ name: 'high-cpu', title: 'High CPU' }],
});
const progress = {
  secondsLeft: 1.4,
  steps: [
    { title: 'containers', state: 'done' as const },
    { title: 'http', state: 'running' as const },
    { title: 'logs', state: 'waiting' as const },
    { title: 'node', state: 'unavailable' as const },
  ],
};
const resolved = { ...group, state: 'resolved' as const, firing: 0, resolved: 1, resolvedAt: NOW + 720_000 };
const run = {
  runId: 'r2',
  title: 'Status of all services',
  playbook: 'status',
  service: undefined,
  requestedBy: 'U012AB3CD',
  now: NOW,
};
const thread = {
  threadOf: 'group/g/card',
  channel: 'C1',
  keyPrefix: 'run/r1',
  groupId: 'g',
  firstPosition: 1,
};

const silence: Silence = {
  id: 'h0123456789abcdef0123456',
  matchers: [
    { label: 'service', op: '=', value: 'shop-api' },
    { label: 'alertname', op: '=~', value: 'High<!channel>.*' },
  ],
  reason: 'deploy of *search* <!here>',
  createdBy: 'U012AB3CD',
  channel: 'C1',
  createdAt: NOW - 60_000,
  endsAt: NOW + 3_600_000,
  endedAt: undefined,
  endedBy: undefined,
  onCard: false,
};

const CARDS: Readonly<Record<string, MessageContent>> = {
  'alert-firing': renderer.alertCard({ group, now: NOW }, 'k'),
  'alert-looking': renderer.alertCard({ group, now: NOW, progress }, 'k'),
  'alert-diagnosed': renderer.alertCard({ group, now: NOW, report }, 'k'),
  'alert-acknowledged': renderer.alertCard(
    { group: { ...group, acknowledgedBy: 'U012AB3CD', acknowledgedAt: NOW - 30_000 }, now: NOW, report },
    'k',
  ),
  'alert-silenced': renderer.alertCard({ group, now: NOW, report, silence }, 'k'),
  'silence-active': renderer.silence({ silence, now: NOW, matching: 2 }, 'k'),
  'silence-over': renderer.silence({ silence: { ...silence, endedAt: NOW, endedBy: 'U09' }, now: NOW }, 'k'),
  'reply-silences': renderSilences([silence], { timezone: 'UTC', held: 3 }),
  'alert-resolved': renderer.alertCard(
    { group: { ...resolved, reopened: 2 }, now: NOW + 800_000, report },
    'k',
  ),
  'alert-unheard': renderer.alertCard(
    { group: { ...resolved, unheardMs: 86_400_000 }, now: NOW + 90_000_000, report },
    'k',
  ),
  'alert-several-truncated': renderer.alertCard(
    {
      group: { ...group, service: undefined, firing: 3, resolved: 1, truncated: 7 },
      now: NOW,
      failure: 'No worker answered.',
    },
    'k',
  ),
  'run-looking': renderer.runCard({ ...run, progress }, 'k'),
  'run-diagnosed': renderer.runCard(
    { ...run, runId: 'r1', title: report.title, service: 'shop-api', report },
    'k',
  ),
  'run-failed': renderer.runCard({ ...run, failure: 'No worker answered.' }, 'k'),
  'status-overview': renderer.runCard({ ...run, report: overview }, 'k'),
  'weekly-report': renderer.runCard(
    {
      ...run,
      runId: 'w1',
      playbook: weekly.playbook,
      title: weekly.title,
      requestedBy: undefined,
      report: weekly,
    },
    'k',
  ),
  'note-acknowledged': renderer.note({ text: 'Acknowledged', by: 'U012AB3CD', key: 'k', groupId: 'g' }),
  'reply-refusal': renderRefusal({
    problem: "I don't know the service `shp-api`. Did you mean `shop-api`?",
    mend: '`/perf status` lists all.',
  }),
  'reply-help': renderHelp(COMMAND_WORDS),
  'reply-playbooks': renderPlaybookList([
    { name: 'high-cpu', title: 'High CPU', description: 'When CPU is above 80 %' },
  ]),
  'reply-alerts': renderAlertList([group, resolved], { now: NOW, timezone: 'UTC' }),
  'reply-alerts-none': renderAlertList([], { now: NOW, timezone: 'UTC' }),
  'reply-history': renderHistory(
    [
      {
        id: 'r1',
        playbook: 'high-response-time',
        service: 'shop-api',
        trigger: { kind: 'terminal' },
        state: 'finished',
        createdAt: NOW,
        deadlineAt: NOW,
        finishedAt: NOW,
        report,
        failure: undefined,
      },
    ],
    { timezone: 'UTC' },
  ),
};

describe('messages as they were agreed on', () => {
  it.each(Object.entries(CARDS))('%s', async (name, content) => {
    expectGoodMessage(content);
    await expect(`${JSON.stringify(content, null, 2)}\n`).toMatchFileSnapshot(`golden/${name}.json`);
  });

  it('thread of a report', async () => {
    const messages = renderer.thread(report, thread);
    for (const { content } of messages) expectGoodMessage(content);
    expect(messages.map(({ key }) => key)).toEqual([
      'run/r1/verdict',
      'run/r1/charts',
      'run/r1/next_steps',
      'run/r1/evidence',
      'run/r1/not_measured',
    ]);
    await expect(`${JSON.stringify(messages, null, 2)}\n`).toMatchFileSnapshot('golden/thread.json');
  });
});

describe('a weekly report', () => {
  it('has all of its tables in the thread, and reads without tables too', async () => {
    const messages = renderer.thread(weekly, { ...thread, keyPrefix: 'run/w1' });
    for (const { content } of messages) expectGoodMessage(content);
    await expect(`${JSON.stringify(messages, null, 2)}\n`).toMatchFileSnapshot('golden/weekly-thread.json');
    const classic = createRenderer({ timezone: 'UTC', blockSet: 'classic' });
    const card = classic.runCard({ ...run, title: weekly.title, report: weekly }, 'k');
    expectGoodMessage(card);
    expect(card.blocks.some(({ type }) => type === 'table')).toBe(false);
    expect(card.text).toContain('full in 18 days');
  });
});

describe('links', () => {
  const asked: Parameters<NonNullable<RendererOptions['links']>>[0][] = [];
  const spy = createRenderer({
    timezone: 'UTC',
    links: (subject) => {
      asked.push(subject);
      return [{ title: 'Grafana', url: 'https://grafana.example/d/svc' }];
    },
  });
  const askedBy = (render: () => unknown) => {
    asked.length = 0;
    render();
    return asked.at(-1);
  };
  const week = { from: NOW - 7 * 86_400_000, to: NOW };
  const told = { ...weekly, span: week, focus: { kpi: 'cpu', service: 'shop-api' } } as const;

  it('show the time that the report is about, and the service that it puts first', () => {
    const card = askedBy(() => spy.runCard({ ...run, title: told.title, report: told }, 'k'));
    expect(card).toEqual({ ...week, service: 'shop-api', focus: told.focus });
    const later = askedBy(() => spy.runCard({ ...run, service: 'shop-api', now: NOW + 1e9, report }, 'k'));
    expect(later).toMatchObject({
      service: 'shop-api',
      from: report.startedAt,
      to: report.startedAt + report.durationMs,
    });
  });

  it('stand in the thread of a report that has no message of its own', () => {
    const inRound = spy.thread(told, { ...thread, withoutCard: true });
    for (const { content } of inRound) expectGoodMessage(content);
    // Several reports stand there: each says what it is.
    expect(inRound[0]?.content.text).toMatch(`${told.title}: ${told.verdict}`);
    expect(spy.thread(told, thread)[0]?.content.text).not.toContain(`${told.title}: `);
    const linked = inRound.map(({ content }) => JSON.stringify(content.blocks).includes('grafana.example'));
    expect(linked.indexOf(true)).toBe(0);
    expect(linked.lastIndexOf(true)).toBe(0);
    expect(JSON.stringify(spy.thread(told, thread))).not.toContain('grafana.example');
  });

  it('name the alert only where Prometheus knows it', () => {
    const named = (sender: string) =>
      askedBy(() => spy.alertCard({ group: { ...group, sender }, now: NOW }, 'k'))?.alertname;
    expect(named('alertmanager')).toBe(group.labels.alertname);
    expect(group.labels.alertname).toBeDefined();
    expect(named('perfbot')).toBeUndefined();
  });
});

describe('buttons', () => {
  const ids = (content: MessageContent) =>
    [...JSON.stringify(content).matchAll(/"action_id":"(\w+)"/g)].map(([, id]) => id);

  it('offers to acknowledge once, and nothing that cannot be pressed now', () => {
    expect(ids(CARDS['alert-firing'] as MessageContent)).toContain('perfbot_acknowledge');
    expect(ids(CARDS['alert-firing'] as MessageContent)).not.toContain('perfbot_run_again');
    expect(ids(CARDS['alert-diagnosed'] as MessageContent)).toContain('perfbot_run_again');
    expect(ids(CARDS['alert-acknowledged'] as MessageContent)).not.toContain('perfbot_acknowledge');
    expect(ids(CARDS['alert-resolved'] as MessageContent)).not.toContain('perfbot_acknowledge');
  });

  it('has menus whose choices say what they mean', () => {
    const values = JSON.stringify(CARDS['status-overview']).matchAll(/"value":("\{.*?\}")/g);
    const choices = [...values].map(([, value = '""']) => parseActionValue(JSON.parse(value)));
    expect(choices).toContainEqual({ service: 'mailer' });
    expect(choices).toContainEqual({ playbook: 'high-cpu' });
  });

  it('never links to anything but the web', () => {
    expect(JSON.stringify(CARDS)).not.toContain('javascript:');
  });
});

describe('next steps', () => {
  it('says of a step that its command only looks', () => {
    const looking = {
      ...report,
      nextSteps: [
        {
          title: 'Read the log',
          why: 'It names the port',
          effect: 'reads' as const,
          command: 'docker logs api',
        },
      ],
    };
    const shown = (content: typeof report) => JSON.stringify(renderer.thread(content, thread));
    expect(shown(looking)).toContain('It only looks; nothing changes.');
    expect(shown(report)).not.toContain('It only looks');
  });
});

describe('what does not fit', () => {
  it('is in the file that the thread ends with', () => {
    const command = `VACUUM ${'x'.repeat(10_000)} END`;
    const long = { ...report, nextSteps: [{ title: 'Long', why: 'Because', command }] };
    const messages = renderer.thread(long, thread);
    const [file] = messages.at(-1)?.attachments ?? [];
    expect(messages.at(-1)?.key).toBe('run/r1/full_report');
    expect(file?.kind === 'text' && file.text).toContain(command);
  });

  it('shortens statements by their structure, and has all of them in full in a file of their own', () => {
    const list = Array.from({ length: 60 }, (_, index) => `orders.column_${index}`).join(', ');
    const sql = `SELECT ${list} FROM orders WHERE customer_id = $1 -- <!channel>\u202e`;
    const [statements] = report.tables;
    if (statements === undefined) throw new Error('the example has no table');
    const rows = [
      ['77', sql, 340, 0.81],
      ['78', sql, 1, 0.1],
      ['79', 'SELECT 1', 1, 0.1],
    ];
    const messages = renderer.thread({ ...report, tables: [{ ...statements, rows }] }, thread);
    const evidence = messages.find(({ key }) => key === 'run/r1/evidence');
    expect(JSON.stringify(evidence?.content.blocks)).toContain('SELECT … FROM orders WHERE customer_id = $1');
    const [file] = messages.find(({ key }) => key === 'run/r1/statements')?.attachments ?? [];
    expect(file).toMatchObject({ kind: 'text', filename: 'statements-r1.sql' });
    expect(file?.kind === 'text' && file.text).toBe(
      `-- Statements by time, row 1: Statement (postgres.statements on shop-db)\nSELECT ${list}\nFROM orders\nWHERE customer_id = $1 -- <!channel>\n\n-- Statements by time, row 3: Statement (postgres.statements on shop-db)\nSELECT 1\n`,
    );
  });

  it('makes no file of statements that are shown in full', () => {
    expect(renderer.thread(report, thread).map(({ key }) => key)).not.toContain('run/r1/statements');
  });

  it('names the services that the card has no room for in the thread', () => {
    const services = Array.from({ length: 30 }, (_, index) => ({
      service: `service-${index}`,
      severity: 'ok' as const,
      numbers: [],
      remarks: [],
    }));
    const many = { ...overview, services };
    const card = JSON.stringify(renderer.runCard({ ...run, report: many }, 'k').blocks);
    const [verdict] = renderer.thread(many, thread);
    expect(card).toContain('10 more services in the thread');
    for (const { service } of services) {
      expect(card + JSON.stringify(verdict?.content.blocks)).toContain(`*${service}*`);
    }
  });
});

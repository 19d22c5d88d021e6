import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { checkView } from '../../src/core/block-kit/rules.ts';
import type { RoundItem } from '../../src/core/checklist/round.ts';
import type { HomeService, HomeState } from '../../src/engine/home/read-home.ts';
import { linkKey } from '../../src/slack/home/home-lines.ts';
import { type HomeView, renderHome } from '../../src/slack/home/home-view.ts';
import { group as GROUP } from './support/examples.ts';
import { hostileText } from './support/hostile.ts';
import { expectOnlyOwnMarkup } from './support/only-own-markup.ts';

const AT = Date.parse('2026-11-23T08:00:00Z');
const HOUR = 3_600_000;
const address = { channel: 'C0123456789', ts: '1795420800.000100' };
const links = new Map([
  [linkKey(address), 'https://example.slack.com/archives/C0123456789/p1795420800000100'],
]);

const service = (name: string, overrides: Partial<HomeService> = {}): HomeService => ({
  service: name,
  severity: 'ok',
  alerts: [],
  measuredAt: AT - 20_000,
  ...overrides,
});
const item = (overrides: Partial<RoundItem> = {}): RoundItem => ({
  position: 0,
  id: 'slow',
  title: 'Check for slow queries',
  person: undefined,
  fill: undefined,
  filling: undefined,
  checked: false,
  checkedBy: undefined,
  checkedAt: undefined,
  note: undefined,
  notedBy: undefined,
  owner: undefined,
  ownerBy: undefined,
  openSince: undefined,
  ...overrides,
});
const round = {
  id: 'h1',
  title: 'Daily performance check',
  channel: '#ops',
  dueAt: AT - HOUR,
  timezone: 'Europe/Berlin',
};
const run = (overrides: Partial<HomeState['runs'][number]['run']> = {}) => ({
  id: 'r1',
  playbook: 'status',
  service: undefined,
  trigger: { kind: 'terminal' as const },
  state: 'finished' as const,
  createdAt: AT - HOUR,
  severity: 'ok' as const,
  verdict: 'Nothing unusual.',
  failure: undefined,
  ...overrides,
});
const state: HomeState = {
  at: AT,
  services: [
    service('shop-api', { severity: 'critical', alerts: ['High response time', 'Error burst'] }),
    service('shop-db', { severity: 'warning', alerts: ['Disk space'] }),
    service('mailer', { severity: 'unknown', measuredAt: AT - 2 * HOUR }),
    service('new-one', { severity: 'unknown', measuredAt: undefined }),
    service('cache'),
    service('host'),
  ],
  alerts: [
    { group: { ...GROUP, acknowledgedBy: 'U012AB3CD' }, address },
    { group: { ...GROUP, id: 'g2', title: 'Disk space', severity: 'warning' }, address: undefined },
  ],
  open: [
    { round, item: item({ owner: 'U045EF6GH', openSince: AT - 24 * HOUR }), address },
    { round, item: item({ title: 'Mine', owner: 'U012AB3CD' }), address },
    { round, item: item({ title: 'Nobody has it' }), address: undefined },
  ],
  next: [
    { title: 'Weekly performance check', channel: 'C0123456789', timezone: 'Europe/Berlin', at: AT + HOUR },
  ],
  runs: [
    { run: run({ severity: 'warning', verdict: 'orders has no index', service: 'shop-db' }), address },
    { run: run({ severity: undefined, verdict: undefined, state: 'running' }), address: undefined },
    { run: run({ severity: undefined, verdict: undefined, state: 'failed', failure: 'too late' }), address },
  ],
};
const home = (overrides: Partial<HomeView> = {}) =>
  renderHome({ state, links, userId: 'U012AB3CD', channel: '#ops', timezone: 'Europe/Berlin', ...overrides });
const textOf = (view: Readonly<Record<string, unknown>>) =>
  (view.blocks as { text?: { text: string }; elements?: { text?: unknown }[] }[])
    .flatMap((block) => [block.text?.text, ...(block.elements ?? []).map(({ text }) => text)])
    .filter((text) => typeof text === 'string')
    .join('\n');

describe('App Home', () => {
  it('keeps the rules of Slack and is as it was agreed on', async () => {
    const view = home({ remark: 'The status is on its way.' });
    expect(checkView(view)).toEqual([]);
    await expect(`${JSON.stringify(view, null, 2)}\n`).toMatchFileSnapshot('golden/app-home.json');
  });

  it('says what is wrong first, with a word beside every sign and a way to the message', () => {
    const text = textOf(home());
    expect(text).toContain('🔴 Critical 1 · 🟠 Warning 1 · ⚪ Cannot tell 2 · 🟢 OK 2');
    expect(text).toContain('🔴 Critical *shop-api*: High response time, Error burst');
    expect(text).toContain('🟢 OK (2): cache, host');
    expect(text).toContain('<https://example.slack.com/archives/C0123456789/p1795420800000100|open>');
    expect(text.indexOf('*Mine*')).toBeLessThan(text.indexOf('*Check for slow queries*'));
    expect(text).toContain('⏳ Running *status*');
    expect(text).toContain('⚪ Failed *status*');
  });

  it('names the channel where nobody knows the address of the workspace', () => {
    expect(textOf(home({ links: new Map() }))).toContain('<#C0123456789>');
  });

  it('says so when there is nothing', () => {
    const nothing = { at: AT, services: [], alerts: [], open: [], next: [], runs: [] };
    const view = home({ state: nothing });
    expect(checkView(view)).toEqual([]);
    expect(textOf(view)).toContain('Nothing is firing.');
    expect(textOf(view)).toContain('No checklist is scheduled');
  });

  it('holds 200 services that are off, and 200 of everything', () => {
    const many = <T>(of: (index: number) => T) => Array.from({ length: 200 }, (_, index) => of(index));
    const long = 'a-service-with-a-long-name-'.repeat(5);
    for (const severity of ['critical', 'unknown', 'ok'] as const) {
      const view = home({
        state: {
          at: AT,
          services: many((index) => service(`${long}${index}`, { severity, alerts: many(() => long) })),
          alerts: many(() => ({ group: { ...GROUP, title: long, service: long }, address })),
          open: many(() => ({ round, item: item({ title: 'T'.repeat(75) }), address })),
          next: many(() => ({ title: long, channel: '#ops', timezone: 'UTC', at: AT })),
          runs: many(() => ({ run: run({ verdict: long.repeat(20) }), address })).slice(0, 10),
        },
      });
      expect(checkView(view)).toEqual([]);
      expect((view.blocks as unknown[]).length).toBeLessThan(60);
      expect(textOf(view)).toMatch(/… 190 more; \/perf alerts/);
      if (severity !== 'ok') expect(textOf(view)).toContain('… 185 more; /perf status');
      else expect(textOf(view)).toMatch(/OK \(200\): .* and \d+ more/);
    }
  });

  it('shows text of others and never follows it', () => {
    fc.assert(
      fc.property(hostileText, (text) => {
        const view = home({
          channel: text,
          remark: text,
          state: {
            ...state,
            services: [service(text, { severity: 'critical', alerts: [text] }), service(text)],
            alerts: [{ group: { ...GROUP, title: text, service: text, acknowledgedBy: text }, address }],
            open: [
              {
                round: { ...round, title: text, channel: text },
                item: item({ title: text, owner: text }),
                address,
              },
            ],
            next: [{ title: text, channel: text, timezone: 'UTC', at: AT }],
            runs: [{ run: run({ playbook: text, service: text, verdict: text }), address }],
          },
        });
        expect(checkView(view)).toEqual([]);
        expectOnlyOwnMarkup(view);
        expect(textOf(view)).not.toMatch(/<!(?:channel|here|everyone)/);
      }),
      { numRuns: 50 },
    );
  });
});

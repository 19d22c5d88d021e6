import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { checkView } from '../../src/core/block-kit/rules.ts';
import type { CurrentSchedule } from '../../src/core/checklist/schedule-edit.ts';
import { readScheduleForm } from '../../src/slack/checklist/read-schedule-form.ts';
import { type ScheduleFormModal, scheduleFormModal } from '../../src/slack/checklist/schedule-form-modal.ts';
import { scheduleListModal } from '../../src/slack/checklist/schedule-list-modal.ts';
import { type ShownPlace, savedText, writtenOverText } from '../../src/slack/checklist/schedule-text.ts';
import { hostileText } from './support/hostile.ts';
import { expectOnlyOwnMarkup } from './support/only-own-markup.ts';

const AT = Date.parse('2026-10-23T07:00:00Z');

const inFile: CurrentSchedule = {
  id: 'daily|#ops|0 9 * * 1-5|Europe/Berlin',
  checklist: 'daily',
  channel: '#ops',
  cron: '0 9 * * 1-5',
  timezone: 'Europe/Berlin',
  remindAfterMs: undefined,
  remindIn: undefined,
  holidays: [],
  paused: false,
  edit: undefined,
  inFile: [],
};
const edited: CurrentSchedule = {
  ...inFile,
  cron: '0 10 * * 1',
  inFile: [inFile],
  edit: {
    checklist: 'daily',
    channel: '#ops',
    cron: '0 10 * * 1',
    timezone: 'Europe/Berlin',
    paused: false,
    editedBy: 'U012AB3CD',
    editedAt: AT,
  },
};
// The clocks go back in the night between the two.
const rounds = [Date.parse('2026-10-23T07:00:00Z'), Date.parse('2026-10-26T08:00:00Z')];
const shown = (schedule: CurrentSchedule) => ({
  schedule,
  upcoming: rounds.map((at, index) => ({ at, skipped: index === 0 })),
  pausedBy: undefined,
});
const place = (overrides: Partial<ShownPlace> = {}): ShownPlace => ({
  checklist: 'daily',
  channel: '#ops',
  title: 'Daily performance check',
  schedules: [shown(inFile)],
  ...overrides,
});
const form = (overrides: Partial<ScheduleFormModal> = {}) =>
  scheduleFormModal({
    place: place({ schedules: [shown(edited)] }),
    checklists: [{ name: 'daily', title: 'Daily performance check' }],
    channel: 'C0123456789',
    cron: '0 9 * * 1-5',
    zone: 'Europe/Berlin',
    off: false,
    skipNext: true,
    pausedUntil: '2026-12-01',
    seen: 'h1',
    timezone: 'UTC',
    ...overrides,
  });
const list = (places: readonly ShownPlace[]) =>
  scheduleListModal({ places, channel: 'C0123456789', remarks: [savedText(place())], timezone: 'UTC' });

describe('the dialogues about schedules', () => {
  it.each(
    Object.entries({
      'schedule-list': list([
        place(),
        place({ channel: 'C0123456789', schedules: [shown(edited)] }),
        place({ schedules: [shown({ ...inFile, paused: true }), { ...shown(inFile), upcoming: [] }] }),
      ]),
      'schedule-form': form(),
    }),
  )('%s keeps the rules of Slack', async (name, view) => {
    expect(checkView(view)).toEqual([]);
    await expect(`${JSON.stringify(view, null, 2)}\n`).toMatchFileSnapshot(`golden/${name}.json`);
  });

  it('keep them also when there is nothing yet', () => {
    const nothing = { places: [], channel: undefined, remarks: [], timezone: 'UTC' };
    expect(checkView(scheduleListModal(nothing))).toEqual([]);
    const added = { place: undefined, cron: '0 9 1 * *', skipNext: false, pausedUntil: undefined };
    expect(checkView(form(added))).toEqual([]);
  });

  it('show the next rounds on the wall clock of their zone, on both sides of a change', () => {
    const text = JSON.stringify(list([place()]));
    expect(text).toContain('~Fri 23 Oct, 09:00 CEST~ (left out) · Mon 26 Oct, 09:00 CET');
  });

  it('say what was set in Slack and what the file says, and lead back to it', () => {
    const text = JSON.stringify(form());
    expect(text).toContain('Set in Slack by <@U012AB3CD>');
    expect(text).toContain('checklists.yaml says Monday to Friday at 09:00, Europe/Berlin');
    expect(text).toContain('Back to checklists.yaml');
    expect(JSON.stringify(form({ place: place() }))).not.toContain('Back to checklists.yaml');
    const own = place({ schedules: [shown({ ...edited, inFile: [] })] });
    expect(JSON.stringify(form({ place: own }))).toContain('Remove this schedule');
    expect(JSON.stringify(form({ place: place({ schedules: [shown(inFile), shown(inFile)] }) }))).toContain(
      'takes the place of all 2',
    );
  });

  it('hold a hundred schedules, and text of others', () => {
    expect(checkView(list(Array.from({ length: 100 }, () => place())))).toEqual([]);
    fc.assert(
      fc.property(hostileText, (text) => {
        const schedule = { ...edited, channel: text, timezone: 'UTC', edit: edited.edit };
        const hostile = place({ title: text, channel: text, schedules: [shown(schedule)] });
        expect(checkView(list([hostile]))).toEqual([]);
        expectOnlyOwnMarkup(list([hostile]));
        const checklists = [{ name: 'daily', title: text }];
        expect(checkView(form({ place: undefined, checklists }))).toEqual([]);
        const sections = (list([hostile]).blocks as { text?: { text: string } }[]).map(
          (block) => block.text?.text,
        );
        expect(sections.join()).not.toMatch(/<!(?:channel|here)>|<@U012AB3CD> <#/);
      }),
      { numRuns: 50 },
    );
  });

  it('tell what was written over', () => {
    expect(writtenOverText([shown(edited)], 'UTC').mrkdwn).toMatch(
      /changed it meanwhile.*taken its place[\s\S]*Monday at 10:00, Europe\/Berlin[\s\S]*Set in Slack by <@U012AB3CD>/,
    );
    expect(writtenOverText([], 'UTC').mrkdwn).toContain('brought it back');
  });
});

describe('what is filled in', () => {
  const filled = { when: 'days', time: '09:30', zone: 'Europe/Berlin' };
  const read = (
    values: Record<string, string>,
    choices: Record<string, string[]> = { days: ['mon', 'fri'] },
  ) => readScheduleForm({ values: { ...filled, ...values }, choices }, AT);

  it('becomes a schedule', () => {
    expect(read({})).toEqual({
      form: {
        cron: '30 9 * * 1,5',
        timezone: 'Europe/Berlin',
        paused: false,
        skipNext: false,
        pausedUntil: undefined,
      },
    });
    expect(read({ when: 'cron', cron: ' 0  9 1 * * ' })).toMatchObject({ form: { cron: '0 9 1 * *' } });
    expect(read({ when: 'off' })).toMatchObject({ form: { cron: '30 9 * * 1,5', paused: true } });
    expect(read({ when: 'off', cron: '0 9 1 * *' }, {})).toMatchObject({ form: { cron: '0 9 1 * *' } });
  });

  it('may pause until a day begins in the zone', () => {
    const until = (zone: string, pause: string) => read({ zone, pause });
    expect(until('Europe/Berlin', '2026-12-01')).toMatchObject({
      form: { pausedUntil: Date.parse('2026-11-30T23:00:00Z') },
    });
    expect(until('Pacific/Kiritimati', '2026-12-01')).toMatchObject({
      form: { pausedUntil: Date.parse('2026-11-30T10:00:00Z') },
    });
    // No midnight: the clocks go from 24:00 to 1:00.
    expect(until('Africa/Cairo', '2027-04-30')).toMatchObject({
      form: { pausedUntil: Date.parse('2027-04-29T22:00:00Z') },
    });
    expect(until('UTC', '2026-10-23')).toEqual({ errors: { pause: expect.stringContaining('has come') } });
  });

  it.each([
    ['Berlin', 'Did you mean Europe/Berlin?'],
    ['Europe/Berln', 'Did you mean Europe/Berlin?'],
    ['new york', 'Did you mean America/New_York?'],
    ['+02:00', 'IANA name'],
    ['', 'IANA name'],
  ])('the zone %j is told to be wrong', (zone, hint) => {
    expect(read({ zone })).toEqual({ errors: { zone: expect.stringContaining(hint) } });
  });

  it.each([
    ['', 'five fields'],
    ['0 9 * *', 'five fields'],
    ['99 9 * * *', 'no schedule'],
    ['0 0 30 2 *', 'never comes'],
  ])('the cron expression %j is told to be wrong', (cron, hint) => {
    expect(read({ when: 'cron', cron })).toEqual({ errors: { cron: expect.stringContaining(hint) } });
  });

  it('tells everything that is wrong at once', () => {
    const { errors } = read({ zone: 'x', time: '' }, {}) as { errors: object };
    expect(Object.keys(errors)).toEqual(['days', 'time', 'zone']);
  });
});

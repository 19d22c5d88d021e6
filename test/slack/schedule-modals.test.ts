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
  keeps: 'default',
  holidays: [],
  paused: false,
  edit: undefined,
  inFile: [],
};
const edited: CurrentSchedule = {
  ...inFile,
  cron: '0 10 * * 1',
  remindAfterMs: 14_400_000,
  remindIn: 'C0LEADS00',
  keeps: 'germany',
  holidays: ['2026-12-25'],
  inFile: [inFile],
  edit: {
    checklist: 'daily',
    channel: '#ops',
    cron: '0 10 * * 1',
    timezone: 'Europe/Berlin',
    paused: false,
    reminder: { remindAfterMs: 14_400_000, remindIn: 'C0LEADS00' },
    keeps: 'germany',
    editedBy: 'U012AB3CD',
    editedAt: AT,
  },
};
// The clocks go back in the night between the two.
const rounds = [Date.parse('2026-10-23T07:00:00Z'), Date.parse('2026-10-26T08:00:00Z')];
const shown = (schedule: CurrentSchedule) => ({
  schedule,
  upcoming: rounds.map((at, index) => ({ at, skipped: index === 0 })),
  nextHolidays: schedule.holidays,
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
    reminder: { remindAfterMs: 14_400_000, remindIn: 'C0LEADS00' },
    remindInId: 'C0LEADS00',
    keeps: 'germany',
    holidays: {
      usual: ['2026-12-25'],
      lists: { germany: ['2026-10-03', '2026-12-25', '2026-12-26'], usa: ['2026-07-03'], empty: [] },
    },
    today: '2026-10-23',
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

  it('show reminder and holidays, and which days are next', () => {
    const text = JSON.stringify(list([place(), place({ schedules: [shown(edited)] })]));
    expect(text).toContain('No reminder\\nNo holidays');
    expect(text).toContain('Reminder after 4h in <#C0LEADS00>\\nHolidays: germany, next Fri 25 Dec 2026');
    expect(text).toContain('says Monday to Friday at 09:00, Europe/Berlin · No reminder · No holidays');
    const labels = (form({ today: '2026-12-26' }).blocks as { element?: { options?: unknown } }[])
      .flatMap(({ element }) => (element?.options ?? []) as { text: { text: string } }[])
      .map((option) => option.text.text);
    expect(labels).toContain('germany: next Sat 26 Dec');
    expect(labels).toContain('usa: no day is left');
    expect(labels).toContain('empty: no days');
    expect(labels).toContain('Those of checklists.yaml: no day is left');
    const lost = { ...shown({ ...edited, keeps: 'default', lostList: 'france' }), nextHolidays: [] };
    expect(JSON.stringify(list([place({ schedules: [lost] })]))).toContain(
      'The list of holidays france is not in checklists.yaml any more; those of checklists.yaml count',
    );
  });

  it('begin with a hundred lists of holidays, the one that counts among them', () => {
    const lists = Object.fromEntries(
      Array.from({ length: 150 }, (_, index) => [`l${index}`, ['2026-12-25']]),
    );
    const view = form({ holidays: { usual: [], lists }, keeps: 'l149', remindInId: undefined });
    expect(checkView(view)).toEqual([]);
    expect(JSON.stringify(view)).toContain('Left empty: C0LEADS00, as now.');
    const menu = (view.blocks as { element?: { type: string; initial_option?: object } }[]).find(
      ({ element }) => element?.type === 'static_select',
    );
    expect(menu?.element?.initial_option).toMatchObject({ value: 'l149' });
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
  const filled = {
    when: 'days',
    time: '09:30',
    zone: 'Europe/Berlin',
    reminder: 'off',
    holidays: 'default',
  };
  const context = { now: AT, reminder: {}, lists: ['default', 'none', 'germany'] };
  const read = (
    values: Record<string, string>,
    choices: Record<string, string[]> = { days: ['mon', 'fri'] },
  ) => readScheduleForm({ values: { ...filled, ...values }, choices }, context);

  it('becomes a schedule', () => {
    expect(read({})).toEqual({
      form: {
        cron: '30 9 * * 1,5',
        timezone: 'Europe/Berlin',
        paused: false,
        remindAfterMs: undefined,
        remindIn: undefined,
        keeps: 'default',
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

  it.each([
    ['4h', 14_400_000],
    [' 1h30m ', 5_400_000],
    ['1 d', 86_400_000],
    ['0.5h', 1_800_000],
  ])('reminds after %j', (text, remindAfterMs) => {
    expect(read({ reminder: 'thread', remind_after: text, remind_in: 'C1' })).toMatchObject({
      form: { remindAfterMs, remindIn: undefined },
    });
    expect(read({ reminder: 'channel', remind_after: text, remind_in: 'C1' })).toMatchObject({
      form: { remindAfterMs, remindIn: 'C1' },
    });
  });

  it.each([
    ['', 'Write after how long, for example 4h'],
    ['4 hours', 'is not a duration; write for example 45m, 4h, 1h30m or 1d'],
    ['16:00', 'is not a duration'],
    ['-4h', 'is not a duration'],
    ['30s', 'too short; 1m is the least'],
    ['2000d', 'too long; 366d is the most'],
    ['9'.repeat(18).concat('w'), 'too long'],
  ])('the reminder after %j is told to be wrong', (text, hint) => {
    expect(read({ reminder: 'thread', remind_after: text })).toEqual({
      errors: { remind_after: expect.stringContaining(hint) },
    });
    // Nothing is wrong with a field that does not count.
    expect(read({ reminder: 'off', remind_after: text })).toMatchObject({
      form: { remindAfterMs: undefined },
    });
  });

  it('keeps a channel as it is written, and asks for one where there is none', () => {
    const values = { ...filled, reminder: 'channel', remind_after: '4h' };
    const of = (remind_in: string | undefined, reminder: object) =>
      readScheduleForm(
        { values: { ...values, ...(remind_in !== undefined && { remind_in }) }, choices: { days: ['mon'] } },
        { ...context, reminder },
      );
    expect(of('C1', { remindIn: '#ops', remindInId: 'C1' })).toMatchObject({ form: { remindIn: '#ops' } });
    expect(of('C2', { remindIn: '#ops', remindInId: 'C1' })).toMatchObject({ form: { remindIn: 'C2' } });
    expect(of(undefined, { remindIn: '#ops' })).toMatchObject({ form: { remindIn: '#ops' } });
    for (const known of [{ remindIn: '#ops', remindInId: 'C1' }, {}])
      expect(of(undefined, known)).toEqual({ errors: { remind_in: expect.stringContaining('Choose') } });
  });

  it('takes a list of holidays that is there', () => {
    expect(read({ holidays: 'germany' })).toMatchObject({ form: { keeps: 'germany' } });
    expect(read({ holidays: 'none' })).toMatchObject({ form: { keeps: 'none' } });
    expect(read({ holidays: 'usa' })).toEqual({
      errors: { holidays: expect.stringMatching(/“usa” is not in checklists.yaml any more; choose another/) },
    });
  });

  it('tells everything that is wrong at once', () => {
    const wrong = { zone: 'x', time: '', reminder: 'channel', remind_after: 'x', holidays: 'x' };
    const { errors } = read(wrong, {}) as { errors: object };
    expect(Object.keys(errors)).toEqual(['days', 'time', 'zone', 'remind_after', 'remind_in', 'holidays']);
  });
});

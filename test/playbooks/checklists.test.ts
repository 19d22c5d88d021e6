import { mkdtempSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { KPI_METRICS } from '../../src/core/checks/kpi-metrics.ts';
import { isNamedBy } from '../../src/core/diagnosis/diagnose.ts';
import { RULES } from '../../src/core/diagnosis/rules.ts';
import { InputError } from '../../src/core/errors.ts';
import { PlaybookDefinition } from '../../src/core/playbook/playbook.ts';
import { checklistJsonSchema, schedulesJsonSchema } from '../../src/playbooks/checklist-schema.ts';
import {
  checklistProblems,
  loadChecklists,
  parseChecklist,
  parseSchedules,
} from '../../src/playbooks/load-checklists.ts';
import { parseFile } from '../../src/playbooks/parse-file.ts';

const directory = fileURLToPath(new URL('../../playbooks', import.meta.url));
const defaults = { channel: '#general', timezone: 'UTC' };
const loaded = await loadChecklists({
  directories: [directory],
  schedulesFile: join(directory, 'none.yaml'),
  defaults,
});

function shippedPlaybook(name: string) {
  const file = join(directory, `${name}.yml`);
  const parsed = parseFile({ file, text: readFileSync(file, 'utf8') }, PlaybookDefinition);
  if (parsed.value === undefined) throw new Error(`no playbook ${name}`);
  return parsed.value;
}

describe('the shipped checklists', () => {
  it('are those of the guide, five items each, and nothing is scheduled by itself', () => {
    expect(loaded.all().map(({ name, items }) => [name, items.length])).toEqual([
      ['daily', 5],
      ['monthly', 5],
      ['weekly', 5],
    ]);
    expect(loaded.schedules()).toEqual([]);
  });

  it.each(loaded.all().flatMap(({ name, items }) => items.map((item) => [name, item] as const)))(
    '%s: $title is judged by what its playbooks judge',
    (_name, { fill, person }) => {
      expect(person).toBeDefined();
      if (fill === undefined) return;
      const playbooks = fill.playbooks.map(shippedPlaybook);
      const probes = playbooks.flatMap(({ steps }) =>
        steps.flatMap((step) => step.probes.map(({ probe }) => probe)),
      );
      const judged = [
        ...playbooks.flatMap(({ checks }) => checks.map(({ metric }) => metric)),
        ...KPI_METRICS.filter(({ probe }) => probes.includes(probe)).map(
          ({ probe, metric }) => `${probe}/${metric}`,
        ),
      ];
      for (const metric of fill.metrics) expect(judged).toContain(metric);
      for (const kpi of fill.kpis) {
        expect(KPI_METRICS.some((known) => known.kpi === kpi && probes.includes(known.probe))).toBe(true);
      }
      const causes = RULES.flatMap(({ ids }) => ids);
      for (const cause of fill.causes) {
        expect(causes).toContain(cause);
        const told = ({ explains }: (typeof playbooks)[number]) =>
          explains.length === 0 || explains.some((pattern) => isNamedBy(cause, pattern));
        expect(playbooks.some(told), cause).toBe(true);
      }
    },
  );

  it.each([
    ['checklist.schema.json', checklistJsonSchema],
    ['schedules.schema.json', schedulesJsonSchema],
  ])('%s is that of the loader (npx tsx scripts/playbook-schema.ts)', (name, schema) => {
    const written = JSON.parse(readFileSync(join(directory, 'checklists', name), 'utf8'));
    expect(written).toEqual(JSON.parse(JSON.stringify(schema())));
  });
});

describe('what is wrong with a file', () => {
  const list = (text: string, file = 'daily.yml') => parseChecklist(file, text).problems;
  const times = (text: string) =>
    parseSchedules({ file: 'checklists.yaml', text, defaults }, ['daily', 'weekly']).problems;

  it('is told with its line', () => {
    expect(list('title: A\ndescription: B\nitems:\n  - id: Not good\n    title: C\n')).toMatchObject([
      { path: 'items.0.id', line: 4 },
    ]);
    expect(list('title: A\n\tx: 1\n')[0]).toMatchObject({ line: 2 });
    expect(list('title: A\ndescription: B\nitems: [{id: a, title: A}, {id: a, title: B}]')).toMatchObject([
      { message: '"a" is there twice' },
    ]);
    expect(times('holiday_lists:\n  usa:\n    - 2026-12-25\n    - 2026-02-30\n')).toMatchObject([
      { path: 'holiday_lists.usa.1', line: 4 },
    ]);
    expect(times('schedules:\n  - checklist: daily\n    cron: 0 9 * * *\n    holidays: usa\n')).toMatchObject(
      [{ path: 'schedules.0.holidays', line: 4 }],
    );
    expect(list('title: A', 'Daily List.yml')[0]?.message).toContain('file name');
    expect(list('')).not.toEqual([]);
  });

  it.each([
    ['schedules: [{checklist: dayly, cron: "0 9 * * *"}]', 'Did you mean "daily"?'],
    ['schedules: [{checklist: daily, cron: "61 9 * * *"}]', 'five fields'],
    ['schedules: [{checklist: daily, cron: "0 9 30 2 *"}]', 'never comes'],
    ['schedules: [{checklist: daily, cron: "0 9 * * *"}, {checklist: daily, cron: "0 9 * * *"}]', 'twice'],
    ['schedule: []', 'schedule'],
    ['holidays: [25.12.]', '"25.12." is no day; write year, month and day as 2026-12-25'],
    ['holidays: [2026-02-30]', '"2026-02-30" is not in the calendar'],
    ['holidays: xmas', 'no list of holidays "xmas"; add it to holiday_lists'],
    ['holidays: 5', 'write days as [2026-12-25], or the name'],
    ['holiday_lists: {Germany: [2026-12-25]}', 'lower-case letters, digits and -'],
    ['holiday_lists: {none: [2026-12-25]}', 'give the list another one'],
    ['holiday_lists: {usa: 2026-12-25}', 'write the days of the list as [2026-12-25'],
    [
      'holiday_lists: {usa: [2026-12-25]}\nschedules: [{checklist: daily, cron: "0 9 * * *", holidays: us}]',
      'add it to holiday_lists, or write one that is there (there are: usa)',
    ],
    [
      'schedules: [{checklist: daily, cron: "0 9 * * *", holidays: default, on_holidays: true}]',
      'leave out one of on_holidays and holidays',
    ],
    ['remind_after: 4 hours', 'write for example 45m, 4h, 1h30m or 1d, or never'],
    ['remind_after: 1s', 'too short'],
  ])('%s', (text, message) => {
    expect(
      times(text)
        .map((problem) => problem.message)
        .join(),
    ).toContain(message);
  });

  it('stops the start, all at once', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'perfbot-checklists-'));
    await expect(
      loadChecklists({ directories: [directory, folder], schedulesFile: folder, defaults }),
    ).rejects.toThrow();
    await expect(
      loadChecklists({ directories: [directory], schedulesFile: join(directory, 'status.yml'), defaults }),
    ).rejects.toThrow(InputError);
  });
});

describe('the guide to checklists', () => {
  const guide = readFileSync(fileURLToPath(new URL('../../docs/checklists.md', import.meta.url)), 'utf8');
  const examples = [...guide.matchAll(/```yaml\n# (\S+)[^\n]*\n([\s\S]*?)```/g)];

  it('has examples that load', () => {
    expect(examples.length).toBeGreaterThanOrEqual(2);
    for (const [, file = '', text = ''] of examples) {
      const problems =
        file === 'checklists.yaml'
          ? parseSchedules({ file, text, defaults }, ['daily', 'weekly', 'monthly', 'release']).problems
          : parseChecklist(file, text).problems;
      expect(problems, file).toEqual([]);
    }
  });
});

it('problems of checklists and schedules can be asked for without a start', async () => {
  const source = { directories: [directory], schedulesFile: join(directory, 'none.yaml'), defaults };
  expect(await checklistProblems(source)).toEqual([]);
  const wrong = await checklistProblems({ ...source, schedulesFile: join(directory, 'status.yml') });
  expect(wrong[0]).toMatchObject({ file: expect.stringContaining('status.yml') });
});

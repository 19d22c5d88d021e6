import { readFile } from 'node:fs/promises';
import { basename, extname, join } from 'node:path';
import { type Checklist, ChecklistDefinition } from '../core/checklist/checklist.ts';
import type { Schedule, ScheduleDefaults } from '../core/checklist/schedule.ts';
import { SchedulesFile, toScheduleDefaults, toSchedules } from '../core/checklist/schedules-file.ts';
import { InputError, type Problem } from '../core/errors.ts';
import { cronProblem } from '../engine/checklists/due-slots.ts';
import type { Checklists } from '../engine/ports/checklists.ts';
import { suggestion } from './nearest.ts';
import { parseFile } from './parse-file.ts';
import { yamlFilesOf } from './yaml-files.ts';

export interface ChecklistsSource {
  /** Folders of playbooks; checklists stand in `checklists/` below each. A later folder wins. */
  readonly directories: readonly string[];
  /** `checklists.yaml`; nothing is scheduled without it. */
  readonly schedulesFile: string;
  readonly defaults: { readonly channel: string; readonly timezone: string };
}

const NAME = /^[a-z0-9][a-z0-9-]{0,49}$/;
/** Folder of checklists below a folder of playbooks. */
export const CHECKLIST_FOLDER = 'checklists';

/** What the files say, as far as it can be used. */
export interface ReadChecklists {
  /** By name. */
  readonly checklists: readonly Checklist[];
  /** Names of all files, also of broken ones. */
  readonly names: readonly string[];
  /** Undefined: `checklists.yaml` is broken. */
  readonly scheduled:
    | { readonly schedules: readonly Schedule[]; readonly scheduleDefaults: ScheduleDefaults }
    | undefined;
  readonly problems: readonly Problem[];
}

/** Reads the checklists and their schedules. What cannot be used is a problem. */
export async function readChecklists(source: ChecklistsSource): Promise<ReadChecklists> {
  const checklists = new Map<string, Checklist>();
  const names = new Set<string>();
  const problems: Problem[] = [];
  for (const directory of source.directories) {
    for (const file of await yamlFilesOf(join(directory, CHECKLIST_FOLDER))) {
      names.add(basename(file, extname(file)));
      const parsed = parseChecklist(file, await readFile(file, 'utf8'));
      problems.push(...parsed.problems);
      if (parsed.checklist) checklists.set(parsed.checklist.name, parsed.checklist);
    }
  }
  const text = await readIfThere(source.schedulesFile);
  const none = {
    schedules: [],
    scheduleDefaults: toScheduleDefaults(undefined, source.defaults),
    problems: [],
  };
  const scheduled =
    text === undefined ? none : parseSchedules({ ...source, file: source.schedulesFile, text }, [...names]);
  problems.push(...scheduled.problems);
  return {
    checklists: [...checklists.values()],
    names: [...names],
    scheduled: scheduled.problems.length > 0 ? undefined : scheduled,
    problems,
  };
}

/** Reads the checklists and their schedules once. @throws InputError with every problem of every file. */
export async function loadChecklists(source: ChecklistsSource): Promise<Checklists> {
  const { checklists, scheduled, problems } = await readChecklists(source);
  if (problems.length > 0 || scheduled === undefined)
    throw new InputError(`${problems.length} problem(s) in the checklists`, problems);
  return {
    all: () => checklists,
    schedules: () => scheduled.schedules,
    scheduleDefaults: () => scheduled.scheduleDefaults,
    problems: () => [],
  };
}

/** What is wrong with the checklists and their schedules; nothing when all of them can be used. */
export async function checklistProblems(source: ChecklistsSource): Promise<readonly Problem[]> {
  return (await readChecklists(source)).problems;
}

/** Reads one checklist; its name is that of the file. Pure. */
export function parseChecklist(
  file: string,
  text: string,
): { readonly checklist: Checklist | undefined; readonly problems: readonly Problem[] } {
  const name = basename(file, extname(file));
  if (!NAME.test(name)) {
    const message =
      'the file name is the name of the checklist: lower-case letters, digits and -, at most 50';
    return { checklist: undefined, problems: [{ file, path: '', line: 1, message }] };
  }
  const { value, problems } = parseFile({ file, text }, ChecklistDefinition);
  return { checklist: value && { ...value, name }, problems };
}

/** Reads `checklists.yaml`. Pure. */
export function parseSchedules(
  {
    file,
    text,
    defaults,
  }: { readonly file: string; readonly text: string } & Pick<ChecklistsSource, 'defaults'>,
  names: readonly string[],
): {
  readonly schedules: readonly Schedule[];
  readonly scheduleDefaults: ScheduleDefaults;
  readonly problems: readonly Problem[];
} {
  const { value, problems } = parseFile({ file, text }, SchedulesFile);
  const scheduleDefaults = toScheduleDefaults(value, defaults);
  if (value === undefined) return { schedules: [], scheduleDefaults, problems };
  const schedules = toSchedules(value, defaults);
  const wrong = schedules.flatMap((schedule, index): readonly Problem[] => {
    const path = `schedules.${index}`;
    const cron = cronProblem(schedule.cron);
    const twin = schedules.findIndex(({ id }) => id === schedule.id) < index;
    return [
      ...(cron === undefined ? [] : [{ file, path: `${path}.cron`, message: cron }]),
      ...(names.includes(schedule.checklist) ? [] : [unknown(file, path, schedule.checklist, names)]),
      ...(twin ? [{ file, path, message: 'the same schedule is there twice' }] : []),
    ];
  });
  return { schedules, scheduleDefaults, problems: wrong };
}

function unknown(file: string, path: string, checklist: string, names: readonly string[]): Problem {
  const message = `there is no checklist "${checklist}".${suggestion(checklist, names) || ` There are: ${names.join(', ')}.`}`;
  return { file, path: `${path}.checklist`, message };
}

async function readIfThere(file: string): Promise<string | undefined> {
  return readFile(file, 'utf8').catch((error: unknown) => {
    if (isMissing(error)) return undefined;
    throw error;
  });
}

function isMissing(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === 'ENOENT';
}

import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type Checklist, ChecklistDefinition } from '../core/checklist/checklist.ts';
import type { Schedule, ScheduleDefaults } from '../core/checklist/schedule.ts';
import { SchedulesFile, toScheduleDefaults, toSchedules } from '../core/checklist/schedules-file.ts';
import { InputError, type Problem } from '../core/errors.ts';
import { cronProblem } from '../engine/checklists/due-slots.ts';
import type { Checklists } from '../engine/ports/checklists.ts';
import { suggestion } from './nearest.ts';
import { parseFile, parseNamedFile } from './parse-file.ts';
import { type ParsedNamed, type ReadNamed, readYamlFiles } from './yaml-files.ts';

export interface ChecklistsSource {
  /** Folders of playbooks; checklists stand in `checklists/` below each. A later folder wins. */
  readonly directories: readonly string[];
  /** `checklists.yaml`; nothing is scheduled without it. */
  readonly schedulesFile: string;
  readonly defaults: { readonly channel: string; readonly timezone: string };
}

/** Folder of checklists below a folder of playbooks. */
export const CHECKLIST_FOLDER = 'checklists';

/** When which checklist is posted. */
export interface Scheduled {
  readonly schedules: readonly Schedule[];
  readonly scheduleDefaults: ScheduleDefaults;
}

/** What the files say, as far as it can be used. */
export interface ReadChecklists {
  readonly checklists: ReadNamed<Checklist>;
  /** Undefined: `checklists.yaml` is broken. */
  readonly scheduled: Scheduled | undefined;
  /** Of all files. */
  readonly problems: readonly Problem[];
}

/** Reads the checklists and their schedules. What cannot be used is a problem. */
export async function readChecklists(source: ChecklistsSource): Promise<ReadChecklists> {
  const folders = source.directories.map((directory) => join(directory, CHECKLIST_FOLDER));
  const checklists = await readYamlFiles(folders, parseChecklist);
  const { schedulesFile: file, defaults } = source;
  const text = await readIfThere(file);
  const { problems, ...scheduled } =
    text === undefined
      ? { ...unscheduled(source), problems: [] }
      : parseSchedules({ file, text, defaults }, checklists.names);
  return {
    checklists,
    scheduled: problems.length > 0 ? undefined : scheduled,
    problems: [...checklists.problems, ...problems],
  };
}

/** What counts without `checklists.yaml`. */
export function unscheduled({ defaults }: Pick<ChecklistsSource, 'defaults'>): Scheduled {
  return { schedules: [], scheduleDefaults: toScheduleDefaults(undefined, defaults) };
}

/** Reads the checklists and their schedules once. @throws InputError with every problem of every file. */
export async function loadChecklists(source: ChecklistsSource): Promise<Checklists> {
  const { checklists, scheduled, problems } = await readChecklists(source);
  if (problems.length > 0 || scheduled === undefined)
    throw new InputError(`${problems.length} problem(s) in the checklists`, problems);
  return {
    all: () => checklists.loaded,
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
export function parseChecklist(file: string, text: string): ParsedNamed<Checklist> {
  const { name, value, problems } = parseNamedFile({ file, text, what: 'checklist' }, ChecklistDefinition);
  return { value: value && { ...value, name }, problems };
}

/** Reads `checklists.yaml`. Pure. */
export function parseSchedules(
  {
    file,
    text,
    defaults,
  }: { readonly file: string; readonly text: string } & Pick<ChecklistsSource, 'defaults'>,
  names: readonly string[],
): Scheduled & { readonly problems: readonly Problem[] } {
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

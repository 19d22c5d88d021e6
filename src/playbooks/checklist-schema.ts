import { z } from 'zod';
import { ChecklistDefinition } from '../core/checklist/checklist.ts';
import { SchedulesFile } from '../core/checklist/schedules-file.ts';

const OPTIONS = { io: 'input', target: 'draft-07', unrepresentable: 'any' } as const;

/** JSON Schema of a checklist file, for editors: from the same schema that loads the file. */
export function checklistJsonSchema(): Readonly<Record<string, unknown>> {
  return { title: 'perfbot checklist', ...z.toJSONSchema(ChecklistDefinition, OPTIONS) };
}

/** JSON Schema of `checklists.yaml`. */
export function schedulesJsonSchema(): Readonly<Record<string, unknown>> {
  return { title: 'perfbot checklist schedules', ...z.toJSONSchema(SchedulesFile, OPTIONS) };
}

import { type CurrentSchedule, withEdits } from '../../core/checklist/schedule-edit.ts';
import type { ChecklistStore, Checklists } from '../ports/checklists.ts';

/** The schedules that are in force: those of the file, and what people set in Slack. */
export async function currentSchedules(
  checklists: Checklists,
  store: Pick<ChecklistStore, 'edits'>,
): Promise<readonly CurrentSchedule[]> {
  return withEdits(checklists.schedules(), await store.edits(), checklists.scheduleDefaults());
}

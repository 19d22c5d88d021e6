import type { Checklist } from '../core/checklist/checklist.ts';
import type { Round } from '../core/checklist/round.ts';
import type { ChecklistMode } from '../core/command.ts';
import { asTyped } from '../core/typed.ts';
import { askForRound } from '../engine/checklists/ask-for-round.ts';
import { assignItem, pressTicks, writeNote } from '../engine/checklists/change-item.ts';
import { currentSchedules } from '../engine/checklists/current-schedules.ts';
import type { ChecklistOptions } from '../engine/checklists/open-round.ts';
import { type ScheduleChange, setSchedules } from '../engine/checklists/set-schedule.ts';
import { upcoming } from '../engine/checklists/upcoming.ts';
import { nearestWord } from '../engine/nearest-word.ts';
import type { Checklists } from '../engine/ports/checklists.ts';
import { renderRefusal, renderReply } from '../slack/answers/render-refusal.ts';
import { ACTIONS, parseActionValue } from '../slack/blocks/action-value.ts';
import { ASSIGN_MODAL, assignModal } from '../slack/checklist/assign-modal.ts';
import { type ListedChecklist, renderChecklistList } from '../slack/checklist/checklist-list.ts';
import { SCHEDULE_FORM } from '../slack/checklist/form-field.ts';
import { NOTE_MODAL, noteModal } from '../slack/checklist/note-modal.ts';
import { parseTickElement } from '../slack/checklist/tick-element.ts';
import type {
  ActionAnswer,
  ActionRequest,
  CommandAnswer,
  CommandRequest,
  ViewAnswer,
  ViewRequest,
} from '../slack/receiver/handlers.ts';
import { createScheduleHandlers, type ScheduleHandlersOptions } from './schedule-handlers.ts';

export interface ChecklistHandlers {
  onCommand(
    command: { readonly checklist: string | undefined; readonly mode: ChecklistMode | undefined },
    request: CommandRequest,
  ): Promise<ActionAnswer>;
  /** Undefined: not a press on a checklist. */
  onAction(request: ActionRequest): Promise<ActionAnswer | undefined>;
  onView(request: ViewRequest): Promise<ViewAnswer>;
}

export type ChecklistHandlersOptions = ChecklistOptions & ScheduleHandlersOptions;

const GONE = 'A newer round has taken over; tick there.';

/** What happens when somebody asks for a checklist, ticks an item or writes a note. */
export function createChecklistHandlers(options: ChecklistHandlersOptions): ChecklistHandlers {
  const schedules = createScheduleHandlers(options);
  return {
    async onCommand({ checklist: name, mode }, request) {
      if (mode === 'edit') return schedules.open(request.channelId);
      if (name === undefined) return list(options);
      const checklist = options.checklists.all().find((known) => known.name === name.toLowerCase());
      if (checklist === undefined) return unknownChecklist(options.checklists, name);
      if (mode === undefined || mode === 'now') return ask(options, checklist, mode === 'now', request);
      return change(options, checklist, mode, request);
    },
    async onAction(request) {
      if (request.actionId === ACTIONS.tick) return tick(options, request);
      if (request.actionId === ACTIONS.note) return openDialogue(options, request, noteModal);
      if (request.actionId === ACTIONS.assign) return openDialogue(options, request, assignModal);
      return schedules.onAction(request);
    },
    async onView(request) {
      const { callbackId, privateMetadata: roundId, values, userId } = request;
      if (callbackId === SCHEDULE_FORM.callbackId) return schedules.onView(request);
      const item = { roundId, position: Number(values[NOTE_MODAL.item] ?? -1), userId };
      const result =
        callbackId === ASSIGN_MODAL.callbackId
          ? await assignItem(options)({ ...item, owner: values[ASSIGN_MODAL.owner] })
          : await writeNote(options)({ ...item, text: values[NOTE_MODAL.text] ?? '' });
      return result === 'replaced' || result === 'unknown' ? { [NOTE_MODAL.item]: GONE } : undefined;
    },
  };
}

function refuse(problem: string, mend: string): CommandAnswer {
  return { kind: 'ephemeral', message: renderRefusal({ problem, mend }) };
}

function say(text: string): CommandAnswer {
  return { kind: 'ephemeral', message: renderReply(text) };
}

function unknownChecklist(checklists: Checklists, typed: string): CommandAnswer {
  const meant = nearestWord(
    typed.toLowerCase(),
    checklists.all().map(({ name }) => name),
  );
  return refuse(
    `I don't know the checklist ${asTyped(typed)}.${meant === undefined ? '' : ` Did you mean ${asTyped(meant)}?`}`,
    '`/perf checklist` lists all.',
  );
}

async function list({
  database,
  checklists,
  timezone,
  now,
}: ChecklistHandlersOptions): Promise<CommandAnswer> {
  const schedules = await currentSchedules(checklists, database.checklists);
  const states = await database.checklists.scheduleStates(schedules.map(({ id }) => id));
  const listed: ListedChecklist[] = [];
  for (const checklist of checklists.all()) {
    const [last] = await database.checklists.recent({ checklist: checklist.name, limit: 1 });
    const times = schedules
      .filter((schedule) => schedule.checklist === checklist.name)
      .map((schedule) => {
        const state = states.find(({ id }) => id === schedule.id);
        // One that is left out, and the one after it.
        const next = upcoming(schedule, state, { now: now(), count: 2 });
        return {
          channel: schedule.channel,
          paused: schedule.paused || (state?.pausedBy !== undefined && next.length === 0),
          nextAt: next.find(({ skipped }) => !skipped)?.at,
          edited: schedule.edit !== undefined,
        };
      });
    listed.push({ checklist, times, last });
  }
  return {
    kind: 'ephemeral',
    message: renderChecklistList(listed, { timezone, problems: checklists.problems() }),
  };
}

async function ask(
  options: ChecklistHandlersOptions,
  checklist: Checklist,
  fresh: boolean,
  { channelId, userId, triggerId }: CommandRequest,
): Promise<CommandAnswer> {
  const { round, posted } = await askForRound(options)({
    checklist,
    channel: channelId,
    userId,
    timezone: options.timezone,
    fresh,
    id: triggerId,
  });
  if (posted) return { kind: 'silent' };
  const open = round.items.filter(({ checked }) => !checked);
  return say(
    `Today's ${checklist.title} is in this channel already: ${open.length === 0 ? 'everything is done' : `${open.length} open`}. \`/perf checklist ${checklist.name} now\` posts a new one.`,
  );
}

async function change(
  { database, checklists, now }: ChecklistHandlersOptions,
  checklist: Checklist,
  mode: ScheduleChange,
  { userId }: CommandRequest,
): Promise<CommandAnswer> {
  const current = await currentSchedules(checklists, database.checklists);
  const schedules = current.filter((schedule) => schedule.checklist === checklist.name);
  if (schedules.length === 0) {
    return refuse(
      `The checklist ${asTyped(checklist.name)} is not scheduled.`,
      '`/perf checklist edit` sets when checklists come; `checklists.yaml` may too.',
    );
  }
  await setSchedules({ database, now })({ schedules, change: mode, userId });
  return say(SAID[mode](checklist.title));
}

const SAID: Readonly<Record<ScheduleChange, (title: string) => string>> = {
  pause: (title) => `${title} is paused; \`resume\` starts it again.`,
  resume: (title) => `${title} comes again as scheduled.`,
  skip: (title) => `The next ${title} is left out.`,
};

async function tick(
  options: ChecklistHandlersOptions,
  { blockId = '', ticked = [], userId }: ActionRequest,
): Promise<ActionAnswer> {
  const element = parseTickElement(blockId);
  if (element === undefined) return { kind: 'silent' };
  const result = await pressTicks(options)({
    ...element,
    element: blockId,
    ticked: ticked.map(Number).filter((position) => element.positions.includes(position)),
    userId,
  });
  return result === 'replaced' || result === 'unknown' ? say(GONE) : { kind: 'silent' };
}

async function openDialogue(
  { database }: ChecklistHandlersOptions,
  { value }: ActionRequest,
  dialogue: (round: Round) => Readonly<Record<string, unknown>>,
): Promise<ActionAnswer> {
  const { roundId } = parseActionValue(value);
  const round = roundId === undefined ? undefined : await database.checklists.round(roundId);
  if (round === undefined || round.state === 'replaced') return say(GONE);
  return { kind: 'modal', view: dialogue(round) };
}

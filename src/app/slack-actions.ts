import { stableId } from '../core/alert/fingerprint.ts';
import { type CardOwner, paramsOf, type Run, type RunTrigger } from '../core/run.ts';
import type { Playbooks } from '../engine/ports/playbooks.ts';
import { ACTIONS, type ActionValue, parseActionValue } from '../slack/blocks/action-value.ts';
import type { ActionRequest, CommandAnswer } from '../slack/receiver/handlers.ts';
import { acknowledged, checkService, findPlaybook, SILENT } from './slack-answers.ts';
import type { SlackHandlersOptions } from './slack-handlers-options.ts';

/** What happens when somebody presses a button or chooses from a menu. */
export async function act(options: SlackHandlersOptions, request: ActionRequest): Promise<CommandAnswer> {
  const value = parseActionValue(request.value);
  if (request.actionId === ACTIONS.acknowledge && value.groupId !== undefined) {
    return acknowledged(await options.acknowledge(value.groupId, request.userId), false);
  }
  const id = stableId('action', request.triggerId);
  const { userId, channelId: channel } = request;
  const fresh: RunTrigger = { kind: 'command', userId, channel };
  switch (request.actionId) {
    case ACTIONS.runAgain: {
      const history = await options.historyHandlers.again(value, request);
      if (history) return history;
      const shown = await shownRun(options, value);
      const card = await ownerOf(options, value, shown);
      // What somebody asked for the first time holds for every repetition.
      const params = shown?.playbook === value.playbook && shown && paramsOf(shown);
      const asked = { userId, channel, ...(params && { params }) };
      return start(options, {
        name: value.playbook,
        service: value.service,
        trigger: card ? { kind: 'button', card, ...asked } : { kind: 'command', ...asked },
        id,
      });
    }
    case ACTIONS.details:
      return start(options, {
        name: fallback(options.playbooks),
        service: selected(request, value).service,
        trigger: fresh,
        id,
      });
    case ACTIONS.runPlaybook:
      return start(options, {
        name: selected(request, value).playbook,
        service: value.service,
        trigger: fresh,
        id,
      });
    default:
      return SILENT;
  }
}

/** A menu carries its choice in the option, a button in its own value. */
function selected({ selected: option }: ActionRequest, value: ActionValue) {
  return option === undefined ? value : { ...value, ...parseActionValue(option) };
}

/** The playbook that looks at everything. */
function fallback(playbooks: Playbooks): string | undefined {
  return playbooks.all().find(({ triggers }) => triggers.fallback)?.name;
}

async function shownRun(
  { database }: SlackHandlersOptions,
  { runId }: ActionValue,
): Promise<Run | undefined> {
  return runId === undefined ? undefined : database.runs.get(runId);
}

/** The message that the pressed button stands in. */
async function ownerOf(
  { database }: SlackHandlersOptions,
  { groupId }: ActionValue,
  shown: Run | undefined,
): Promise<CardOwner | undefined> {
  if (groupId !== undefined && (await database.groups.get(groupId))) return { kind: 'group', groupId };
  if (shown?.trigger.kind === 'button') return shown.trigger.card;
  return shown && { kind: 'run', runId: shown.id };
}

async function start(
  { playbooks, inventory, requestRun }: SlackHandlersOptions,
  {
    name,
    service,
    trigger,
    id,
  }: {
    readonly name: string | undefined;
    readonly service: string | undefined;
    readonly trigger: Exclude<RunTrigger, { kind: 'alert' }>;
    readonly id: string;
  },
): Promise<CommandAnswer> {
  const playbook = findPlaybook(playbooks, name ?? '');
  if ('kind' in playbook) return playbook;
  const known = await checkService(inventory, service);
  if ('refusal' in known) return known.refusal;
  await requestRun({ playbook, service: known.name, trigger, id });
  return SILENT;
}

import { stableId } from '../core/alert/fingerprint.ts';
import { type Command, parseCommand } from '../core/command.ts';
import { COMMAND_WORDS } from '../core/command-words.ts';
import type { RunTrigger } from '../core/run.ts';
import { asTyped } from '../core/typed.ts';
import { nearestWord } from '../engine/nearest-word.ts';
import {
  renderAlertList,
  renderHelp,
  renderHistory,
  renderPlaybookList,
} from '../slack/answers/render-lists.ts';
import { renderRefusal } from '../slack/answers/render-refusal.ts';
import { DIAGNOSE_MODAL } from '../slack/diagnose/diagnose-modal.ts';
import type {
  ActionAnswer,
  CommandAnswer,
  CommandRequest,
  SlackHandlers,
} from '../slack/receiver/handlers.ts';
import { startProfile } from './profile-handler.ts';
import { act } from './slack-actions.ts';
import { acknowledged, checkService, ephemeral, findPlaybook, refuse, SILENT } from './slack-answers.ts';
import type { SlackHandlersOptions } from './slack-handlers-options.ts';

const LISTED = 20;

/** What happens when somebody types `/perf …` or presses a button. */
export function createSlackHandlers(options: SlackHandlersOptions): SlackHandlers {
  return {
    async onCommand(request) {
      const command = parseCommand(request.text, nearestWord);
      if (command.kind === 'refusal') return ephemeral(renderRefusal(command));
      return answer(options, command, request);
    },
    onAction: async (request): Promise<ActionAnswer> =>
      (await options.homeHandlers.onAction(request)) ??
      (await options.checklistHandlers.onAction(request)) ??
      (await options.loadTestHandlers.onAction(request)) ??
      (await options.silenceHandlers.onAction(request)) ??
      act(options, request),
    onView: (request) =>
      request.callbackId === DIAGNOSE_MODAL.callbackId
        ? options.diagnoseHandlers.onView(request)
        : options.checklistHandlers.onView(request),
    onHome: (userId) => options.homeHandlers.onHome(userId),
    afterwards: (userId) => options.homeHandlers.changed(userId),
  };
}

async function answer(
  options: SlackHandlersOptions,
  command: Command,
  request: CommandRequest,
): Promise<ActionAnswer> {
  const { database, playbooks, now, timezone } = options;
  switch (command.kind) {
    case 'help':
      return ephemeral(renderHelp(COMMAND_WORDS));
    case 'playbooks':
      return ephemeral(renderPlaybookList(playbooks.all()));
    case 'alerts':
      return ephemeral(
        renderAlertList(await database.groups.recent({ state: 'firing', limit: LISTED }), {
          now: now(),
          timezone,
          silences: await database.silences.active(now()),
          held: await database.silences.heldCount(),
        }),
      );
    case 'history':
      return history(options, command.service);
    case 'ack':
      return acknowledgeTyped(options, command.id, request.userId);
    case 'silence':
      return whereInvited(options, request, () => options.silenceHandlers.onCommand(command, request));
    case 'silences':
      return options.silenceHandlers.list();
    case 'show':
      return whereInvited(options, request, () => show(options, command.run, request));
    case 'checklist':
      return whereInvited(options, request, () => options.checklistHandlers.onCommand(command, request));
    case 'diagnose':
      return whereInvited(options, request, () => options.diagnoseHandlers.onCommand(command, request));
    case 'loadtest':
      return whereInvited(options, request, () => options.loadTestHandlers.onCommand(command));
    case 'profile':
      return whereInvited(options, request, () => startProfile(options, command, request));
    case 'baseline':
    case 'trends':
    case 'weekly_report':
      return whereInvited(options, request, () => options.historyHandlers.onCommand(command, request));
    case 'status':
      return whereInvited(options, request, () =>
        run(options, { name: 'status', service: command.service, request }),
      );
    case 'run':
      return whereInvited(options, request, () =>
        run(options, { name: command.playbook, service: command.service, request }),
      );
  }
}

/** What posts a message wants perfbot in the channel; the person would wait for it in vain. */
async function whereInvited(
  { canPost }: SlackHandlersOptions,
  { channelId }: CommandRequest,
  work: () => Promise<ActionAnswer>,
): Promise<ActionAnswer> {
  if (await canPost(channelId)) return work();
  return refuse(
    'I am not in this channel, so I cannot answer here.',
    'Type `/invite @perfbot`, then the command again.',
  );
}

async function history(
  { database, inventory, timezone }: SlackHandlersOptions,
  service: string | undefined,
): Promise<CommandAnswer> {
  const known = await checkService(inventory, service);
  if ('refusal' in known) return known.refusal;
  return ephemeral(
    renderHistory(
      await database.runs.recent({ limit: LISTED, ...(known.name !== undefined && { service: known.name }) }),
      { timezone },
    ),
  );
}

async function run(
  options: SlackHandlersOptions,
  {
    name,
    service,
    request,
  }: { readonly name: string; readonly service: string | undefined; readonly request: CommandRequest },
): Promise<CommandAnswer> {
  const playbook = findPlaybook(options.playbooks, name);
  if ('kind' in playbook) return playbook;
  const known = await checkService(options.inventory, service);
  if ('refusal' in known) return known.refusal;
  const trigger: RunTrigger = { kind: 'command', userId: request.userId, channel: request.channelId };
  await options.requestRun({
    playbook,
    service: known.name,
    trigger,
    id: stableId('command', request.triggerId),
  });
  return SILENT;
}

async function show(
  { database, showRun }: SlackHandlersOptions,
  typed: string,
  request: CommandRequest,
): Promise<CommandAnswer> {
  const [run, another] = await database.runs.startingWith(typed.toLowerCase(), 2);
  if (run === undefined || another !== undefined) {
    return refuse(
      `${run === undefined ? 'There is no run' : 'Several runs begin with'} ${asTyped(typed)}.`,
      '`/perf history` lists the last runs with their ids.',
    );
  }
  if (run.report === undefined)
    return refuse(
      `The run ${asTyped(typed)} has no report.`,
      '`/perf history` shows how the last runs ended.',
    );
  await showRun({
    run,
    channel: request.channelId,
    userId: request.userId,
    id: stableId('show', request.triggerId),
  });
  return SILENT;
}

async function acknowledgeTyped(
  options: SlackHandlersOptions,
  typed: string,
  userId: string,
): Promise<CommandAnswer> {
  const found = await options.database.groups.startingWith(typed.toLowerCase(), 2);
  if (found.length !== 1 || found[0] === undefined) {
    return refuse(
      `${found.length === 0 ? 'There is no alert' : 'Several alerts begin with'} ${asTyped(typed)}.`,
      '`/perf alerts` lists what is firing with the ids.',
    );
  }
  return acknowledged(await options.acknowledge(found[0].id, userId), true);
}

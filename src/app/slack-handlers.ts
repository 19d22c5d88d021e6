import { stableId } from '../core/alert/fingerprint.ts';
import { COMMAND_WORDS, type Command, parseCommand } from '../core/command.ts';
import type { Playbook } from '../core/playbook/playbook.ts';
import type { CardOwner, RunTrigger } from '../core/run.ts';
import type { AcknowledgeResult } from '../engine/commands/acknowledge.ts';
import type { RequestRun } from '../engine/commands/request-run.ts';
import type { ShowRun } from '../engine/commands/show-run.ts';
import { nearestWord } from '../engine/nearest-word.ts';
import type { Inventory } from '../engine/ports/inventory.ts';
import type { MessageContent, Messenger } from '../engine/ports/message.ts';
import type { Playbooks } from '../engine/ports/playbooks.ts';
import type { Clock } from '../engine/ports/runtime.ts';
import type { Database } from '../engine/ports/stores.ts';
import {
  renderAlertList,
  renderHelp,
  renderHistory,
  renderPlaybookList,
} from '../slack/answers/render-lists.ts';
import { renderRefusal, renderReply } from '../slack/answers/render-refusal.ts';
import { ACTIONS, parseActionValue } from '../slack/blocks/action-value.ts';
import type {
  ActionRequest,
  CommandAnswer,
  CommandRequest,
  SlackHandlers,
} from '../slack/receiver/handlers.ts';

const LISTED = 20;
const SILENT: CommandAnswer = { kind: 'silent' };

export interface SlackHandlersOptions {
  readonly database: Database;
  readonly inventory: Inventory;
  readonly playbooks: Playbooks;
  readonly requestRun: RequestRun;
  readonly showRun: ShowRun;
  readonly acknowledge: (groupId: string, userId: string) => Promise<AcknowledgeResult>;
  readonly canPost: Messenger['canPost'];
  readonly timezone: string;
  readonly now: Clock;
}

/** What happens when somebody types `/perf …` or presses a button. */
export function createSlackHandlers(options: SlackHandlersOptions): SlackHandlers {
  return {
    async onCommand(request) {
      const command = parseCommand(request.text, nearestWord);
      if (command.kind === 'refusal') return ephemeral(renderRefusal(command));
      return answer(options, command, request);
    },
    onAction: (request) => act(options, request),
  };
}

function ephemeral(message: MessageContent): CommandAnswer {
  return { kind: 'ephemeral', message };
}

function refuse(problem: string, mend: string): CommandAnswer {
  return ephemeral(renderRefusal({ problem, mend }));
}

async function answer(
  options: SlackHandlersOptions,
  command: Command,
  request: CommandRequest,
): Promise<CommandAnswer> {
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
        }),
      );
    case 'history':
      return history(options, command.service);
    case 'ack':
      return acknowledgeTyped(options, command.id, request.userId);
    case 'show':
      return whereInvited(options, request, () => show(options, command.run, request));
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
  work: () => Promise<CommandAnswer>,
): Promise<CommandAnswer> {
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

/** The service under its proper name, or what is wrong with the name. */
async function checkService(
  inventory: Inventory,
  typed: string | undefined,
): Promise<{ name: string | undefined } | { refusal: CommandAnswer }> {
  if (typed === undefined) return { name: undefined };
  const services = await inventory.services();
  const wanted = typed.toLowerCase();
  const found = services.find(({ name, aliases }) =>
    [name, ...aliases].some((alias) => alias.toLowerCase() === wanted),
  );
  if (found) return { name: found.name };
  const meant = nearestWord(
    typed,
    services.map(({ name }) => name),
  );
  return {
    refusal: refuse(
      `I don't know the service \`${typed}\`.${meant === undefined ? '' : ` Did you mean \`${meant}\`?`}`,
      '`/perf status` lists all.',
    ),
  };
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

function findPlaybook(playbooks: Playbooks, name: string): Playbook | CommandAnswer {
  const found = playbooks.get(name) ?? playbooks.get(name.toLowerCase());
  if (found) return found;
  const meant = nearestWord(
    name,
    playbooks.all().map((playbook) => playbook.name),
  );
  return refuse(
    `I don't know the playbook \`${name}\`.${meant === undefined ? '' : ` Did you mean \`${meant}\`?`}`,
    '`/perf playbooks` lists all.',
  );
}

async function show(
  { database, showRun }: SlackHandlersOptions,
  typed: string,
  request: CommandRequest,
): Promise<CommandAnswer> {
  const [run, another] = await database.runs.startingWith(typed.toLowerCase(), 2);
  if (run === undefined || another !== undefined) {
    return refuse(
      `${run === undefined ? 'There is no run' : 'Several runs begin with'} \`${typed}\`.`,
      '`/perf history` lists the last runs with their ids.',
    );
  }
  if (run.report === undefined)
    return refuse(`The run \`${typed}\` has no report.`, '`/perf history` shows how the last runs ended.');
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
      `${found.length === 0 ? 'There is no alert' : 'Several alerts begin with'} \`${typed}\`.`,
      '`/perf alerts` lists what is firing with the ids.',
    );
  }
  return acknowledged(await options.acknowledge(found[0].id, userId), true);
}

function acknowledged(result: AcknowledgeResult, typed: boolean): CommandAnswer {
  switch (result.kind) {
    case 'acknowledged':
      return typed ? ephemeral(renderReply(`Acknowledged: ${result.group.title}.`)) : SILENT;
    case 'already':
      return ephemeral(renderReply('Somebody has acknowledged it already; the message says who.'));
    case 'unknown':
      return refuse('This alert is not known any more.', '`/perf alerts` lists what is firing.');
  }
}

async function act(options: SlackHandlersOptions, request: ActionRequest): Promise<CommandAnswer> {
  const value = parseActionValue(request.value);
  if (request.actionId === ACTIONS.acknowledge && value.groupId !== undefined) {
    return acknowledged(await options.acknowledge(value.groupId, request.userId), false);
  }
  const id = stableId('action', request.triggerId);
  const { userId, channelId: channel } = request;
  const fresh: RunTrigger = { kind: 'command', userId, channel };
  switch (request.actionId) {
    case ACTIONS.runAgain: {
      const card = await ownerOf(options, value);
      return start(options, {
        name: value.playbook,
        service: value.service,
        trigger: card ? { kind: 'button', userId, channel, card } : fresh,
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
function selected({ selected: option }: ActionRequest, value: ReturnType<typeof parseActionValue>) {
  return option === undefined ? value : { ...value, ...parseActionValue(option) };
}

/** The playbook that looks at everything. */
function fallback(playbooks: Playbooks): string | undefined {
  return playbooks.all().find(({ triggers }) => triggers.fallback)?.name;
}

/** The message that the pressed button stands in. */
async function ownerOf(
  { database }: SlackHandlersOptions,
  { groupId, runId }: ReturnType<typeof parseActionValue>,
): Promise<CardOwner | undefined> {
  if (groupId !== undefined && (await database.groups.get(groupId))) return { kind: 'group', groupId };
  const shown = runId === undefined ? undefined : await database.runs.get(runId);
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

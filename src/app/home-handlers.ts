import { stableId } from '../core/alert/fingerprint.ts';
import type { RequestRun } from '../engine/commands/request-run.ts';
import { withDeadline } from '../engine/deadline.ts';
import { type HomeOptions, type HomeState, readHome } from '../engine/home/read-home.ts';
import type { MessageAddress, Messenger } from '../engine/ports/message.ts';
import type { Playbooks } from '../engine/ports/playbooks.ts';
import type { Logger } from '../engine/ports/runtime.ts';
import { ACTIONS } from '../slack/blocks/action-value.ts';
import { linkKey } from '../slack/home/home-lines.ts';
import { renderHome } from '../slack/home/home-view.ts';
import type { ActionAnswer, ActionRequest } from '../slack/receiver/handlers.ts';
import type { DiagnoseHandlers } from './diagnose-handlers.ts';
import { findPlaybook, SILENT } from './slack-answers.ts';

/** Without the address of the workspace there are no links; it must not keep App Home waiting. */
const LINKS_WITHIN_MS = 1000;
/** People whose App Home is kept up to date; the others see theirs when they open it. */
const MOST_READERS = 1000;

export interface HomeHandlersOptions
  extends HomeOptions,
    Pick<Messenger, 'publishHome' | 'linkTo' | 'canPost'> {
  readonly playbooks: Playbooks;
  readonly requestRun: RequestRun;
  readonly diagnoseHandlers: DiagnoseHandlers;
  /** Where answers to the buttons come. */
  readonly channel: string;
  /** IANA zone. */
  readonly timezone: string;
  readonly log: Logger;
}

export interface HomeHandlers {
  /** Somebody opened App Home. */
  onHome(userId: string): Promise<void>;
  /** Undefined: not a press on App Home. */
  onAction(request: ActionRequest): Promise<ActionAnswer | undefined>;
  /** Somebody changed something; their App Home follows when they have opened it. */
  changed(userId: string): Promise<void>;
}

/** What happens when somebody opens App Home or presses a button there. */
export function createHomeHandlers(options: HomeHandlersOptions): HomeHandlers {
  const { log, publishHome } = options;
  const readers = new Set<string>();
  const publish = async (userId: string, remark?: string) => {
    const view = await viewFor(options, userId, remark);
    await publishHome(userId, view).catch((error: unknown) =>
      log.warn({ err: error }, 'App Home could not be shown'),
    );
  };
  return {
    async onHome(userId) {
      if (readers.size >= MOST_READERS) readers.clear();
      readers.add(userId);
      await publish(userId);
    },
    async onAction(request) {
      const { actionId, userId } = request;
      switch (actionId) {
        case ACTIONS.homeRefresh:
          await publish(userId);
          return SILENT;
        case ACTIONS.homeDiagnose: {
          const problem = await channelProblem(options);
          if (problem === undefined)
            return options.diagnoseHandlers.onCommand({ service: undefined }, { channelId: options.channel });
          await publish(userId, problem);
          return SILENT;
        }
        case ACTIONS.homeStatus:
          await publish(userId, await startStatus(options, request));
          return SILENT;
        default:
          return undefined;
      }
    },
    async changed(userId) {
      if (readers.has(userId)) await publish(userId);
    },
  };
}

async function viewFor(options: HomeHandlersOptions, userId: string, remark: string | undefined) {
  const { timezone, channel } = options;
  const state = await readHome(options);
  const links = await linksOf(options, state);
  return renderHome({ state, links, userId, timezone, channel, ...(remark !== undefined && { remark }) });
}

async function linksOf(
  { linkTo, log }: HomeHandlersOptions,
  { alerts, open, runs }: HomeState,
): Promise<ReadonlyMap<string, string>> {
  const addresses = [...alerts, ...open, ...runs].flatMap(({ address }) => address ?? []);
  const unique = new Map<string, MessageAddress>(addresses.map((address) => [linkKey(address), address]));
  const never = new AbortController().signal;
  return withDeadline(LINKS_WITHIN_MS, never, () =>
    Promise.all([...unique].map(async ([key, address]) => [key, await linkTo(address)] as const)),
  ).then(
    (links) => new Map(links),
    (error: unknown) => {
      log.warn({ err: error }, 'App Home has no links this time');
      return new Map();
    },
  );
}

/** Why answers could not be posted, or undefined. */
async function channelProblem({ canPost, channel }: HomeHandlersOptions): Promise<string | undefined> {
  return (await canPost(channel)) ? undefined : `I am not in ${channel}: type /invite @perfbot there.`;
}

/** What to tell about it. */
async function startStatus(
  options: HomeHandlersOptions,
  { userId, triggerId }: ActionRequest,
): Promise<string> {
  const problem = await channelProblem(options);
  if (problem !== undefined) return problem;
  const playbook = findPlaybook(options.playbooks, 'status');
  if ('kind' in playbook) return 'There is no playbook named status any more.';
  const trigger = { kind: 'command', userId, channel: options.channel } as const;
  await options.requestRun({ playbook, service: undefined, trigger, id: stableId('action', triggerId) });
  return 'The status is on its way.';
}

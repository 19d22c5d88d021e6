import type { App, ViewResponseAction } from '@slack/bolt';
import { asTyped } from '../../core/typed.ts';
import type { Logger } from '../../engine/ports/runtime.ts';
import { renderRefusal } from '../answers/render-refusal.ts';
import { ACTIONS } from '../blocks/action-value.ts';
import { parseAction } from './action-payload.ts';
import { answerCommand, answerOf } from './answer-command.ts';
import type { Dedupe } from './dedupe.ts';
import type { ActionRequest, SlackHandlers, ViewAnswer } from './handlers.ts';
import type { InFlight } from './in-flight.ts';
import { ephemeral, respondTo } from './respond.ts';
import { parseView } from './view-payload.ts';

const ANYTHING = /.*/;

export interface Listening {
  readonly app: App;
  readonly handlers: SlackHandlers;
  readonly log: Logger;
  readonly dedupe: Dedupe;
  readonly inFlight: InFlight;
  /** The slash command, with its slash. */
  readonly command: string;
  readonly answerWithinMs: number;
}

/** Listens to commands and presses. Everything that comes is acknowledged, also what nobody knows. */
export function registerListeners(listening: Listening): void {
  const { app, log } = listening;
  listenToCommands(listening);
  listenToActions(listening);
  app.shortcut(ANYTHING, async ({ ack }) => ack());
  listenToViews(listening);
  listenToHome(listening);
  app.options(ANYTHING, async ({ ack }) => ack({ options: [] }));
  app.error(async (error) => log.error({ err: error }, 'a Slack listener failed'));
}

function listenToCommands(listening: Listening): void {
  const { app, dedupe, inFlight, command: known, log } = listening;
  app.command(ANYTHING, ({ command, ack, client }) =>
    inFlight.track(
      (async () => {
        if (!(await dedupe.first(`command ${command.trigger_id}`))) return ack();
        if (command.command !== known) return ack(ephemeral(unknownCommand(command.command, known)));
        const request = {
          text: command.text ?? '',
          userId: command.user_id,
          channelId: command.channel_id,
          triggerId: command.trigger_id,
          responseUrl: command.response_url,
        };
        const reply = {
          acknowledge: (body?: Record<string, unknown>) => ack(body),
          openModal: (view: Readonly<Record<string, unknown>>) =>
            openModal(client, request.triggerId, view, log),
        };
        return answerCommand(request, reply, listening);
      })(),
    ),
  );
}

function unknownCommand(typed: string, known: string) {
  return renderRefusal({
    problem: `I don't know the command ${asTyped(typed)}.`,
    mend: `\`${known} help\` lists what I can do.`,
  });
}

function listenToActions({ app, handlers, log, dedupe, inFlight }: Listening): void {
  app.action(ANYTHING, ({ ack, body, client }) =>
    inFlight.track(
      (async () => {
        await ack();
        const request = parseAction(body);
        // A link opens in the browser; Slack only tells that it was followed.
        if (request === undefined || request.actionId.startsWith(ACTIONS.link)) return;
        if (!(await dedupe.first(`action ${request.triggerId} ${request.actionId}`))) return;
        const answer = await answerOf(() => handlers.onAction(request), log);
        if (answer.kind === 'modal') await showModal(client, request, answer.view, log);
        if (answer.kind === 'ephemeral') {
          await respondTo(request.responseUrl, ephemeral(answer.message)).catch((error: unknown) =>
            log.warn({ err: error }, 'the answer to a press did not reach Slack'),
          );
        }
        await afterwards(handlers, request.userId, log);
      })(),
    ),
  );
}

async function openModal(
  client: App['client'],
  triggerId: string,
  view: Readonly<Record<string, unknown>>,
  log: Logger,
): Promise<void> {
  await client
    .apiCall('views.open', { trigger_id: triggerId, view })
    .catch((error: unknown) => log.warn({ err: error }, 'a dialogue could not be opened'));
}

/** A dialogue that answers a press inside of a dialogue takes its place. */
async function showModal(
  client: App['client'],
  { triggerId, viewId }: ActionRequest,
  view: Readonly<Record<string, unknown>>,
  log: Logger,
): Promise<void> {
  if (viewId === undefined) return openModal(client, triggerId, view, log);
  await client
    .apiCall('views.update', { view_id: viewId, view })
    .catch((error: unknown) => log.warn({ err: error }, 'a dialogue could not be changed'));
}

/** An error text is a string, a dialogue is an object. */
function toViewResponse(answer: ViewAnswer): ViewResponseAction | undefined {
  if (answer === undefined) return undefined;
  const { view, ...rest } = answer;
  // Our dialogues are checked against Slack's rules, not against the types of the library.
  return typeof view === 'object'
    ? ({ response_action: 'update', view } as unknown as ViewResponseAction)
    : { response_action: 'errors', errors: { ...(view !== undefined && { view }), ...rest } };
}

function listenToViews({ app, handlers, log, inFlight }: Listening): void {
  app.view({ type: 'view_closed', callback_id: ANYTHING }, async ({ ack }) => ack());
  app.view(ANYTHING, ({ ack, body }) =>
    inFlight.track(
      (async () => {
        const request = parseView(body);
        if (request === undefined || handlers.onView === undefined) return ack();
        try {
          const answer = toViewResponse(await handlers.onView(request));
          await (answer === undefined ? ack() : ack(answer));
          await afterwards(handlers, request.userId, log);
        } catch (error) {
          log.error({ err: error }, 'a dialogue could not be handled');
          const [field = ''] = Object.keys(request.values);
          await ack({
            response_action: 'errors',
            errors: { [field]: 'Something went wrong inside perfbot; its log tells why.' },
          });
        }
      })(),
    ),
  );
}

function listenToHome({ app, handlers, log, dedupe, inFlight }: Listening): void {
  app.event('app_home_opened', ({ event, body }) =>
    inFlight.track(
      (async () => {
        // The tab with the messages opens with this event too.
        if (event.tab !== 'home' || handlers.onHome === undefined) return;
        if (!(await dedupe.first(`event ${body.event_id}`))) return;
        await handlers
          .onHome(event.user)
          .catch((error: unknown) => log.error({ err: error }, 'App Home could not be made'));
      })(),
    ),
  );
}

async function afterwards(handlers: SlackHandlers, userId: string, log: Logger): Promise<void> {
  await handlers
    .afterwards?.(userId)
    .catch((error: unknown) => log.error({ err: error }, 'what follows a press failed'));
}

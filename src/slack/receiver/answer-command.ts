import { PerfbotError } from '../../core/errors.ts';
import type { MessageContent } from '../../engine/ports/message.ts';
import type { Logger } from '../../engine/ports/runtime.ts';
import { renderRefusal, renderReply } from '../answers/render-refusal.ts';
import type { CommandAnswer, CommandRequest, SlackHandlers } from './handlers.ts';
import { ephemeral, respondTo } from './respond.ts';

/** Slack gives up after 3 seconds; the rest is for the way back. */
export const ANSWER_WITHIN_MS = 2_000;

export interface AnswerContext {
  readonly handlers: SlackHandlers;
  readonly log: Logger;
  readonly answerWithinMs: number;
}

export interface CommandReply {
  /** Sends the first answer to Slack; without a body: received, nothing to show. */
  acknowledge(body?: Record<string, unknown>): Promise<void>;
  openModal(view: Readonly<Record<string, unknown>>): Promise<void>;
}

/** Answers a command in time: at once when the handler is quick, else with a word first and the answer later. */
export async function answerCommand(
  request: CommandRequest,
  { acknowledge, openModal }: CommandReply,
  context: AnswerContext,
): Promise<void> {
  const { log, answerWithinMs } = context;
  const answering = answerOf(() => context.handlers.onCommand(request), log);
  let timer: NodeJS.Timeout | undefined;
  const slow = new Promise<'slow'>((resolve) => {
    timer = setTimeout(() => resolve('slow'), answerWithinMs);
  });
  const first = await Promise.race([answering, slow]);
  clearTimeout(timer);
  if (first !== 'slow') {
    await acknowledge(first.kind === 'ephemeral' ? ephemeral(first.message) : undefined);
    if (first.kind === 'modal') await openModal(first.view);
    return;
  }
  await acknowledge(ephemeral(renderReply('Working on it …')));
  const answer = await answering;
  if (answer.kind === 'modal') await openModal(answer.view);
  const body = answer.kind === 'ephemeral' ? ephemeral(answer.message, true) : { delete_original: true };
  await respondTo(request.responseUrl, body).catch((error: unknown) =>
    log.warn({ err: error }, 'the answer to a command did not reach Slack'),
  );
}

/** The answer of a handler; what it throws becomes an answer too. */
export async function answerOf<T>(work: () => Promise<T>, log: Logger): Promise<T | CommandAnswer> {
  try {
    return await work();
  } catch (error) {
    log.error({ err: error }, 'a handler of Slack requests failed');
    return { kind: 'ephemeral', message: explain(error) };
  }
}

function explain(error: unknown): MessageContent {
  if (error instanceof PerfbotError) {
    const { userMessage, mend } = error;
    return renderRefusal({ problem: userMessage, ...(mend !== undefined && { mend }) });
  }
  return renderRefusal({
    problem: 'Something went wrong inside perfbot.',
    mend: 'Try it again; if it stays, the log of perfbot tells why.',
  });
}

import { expect } from 'vitest';
import type { Message } from '../../../src/local-workspace/protocol.ts';
import { eventually } from './eventually.ts';
import { repeatedKeys } from './marks.ts';
import { markOf, type WorkspaceClient } from './workspace-client.ts';

/** Nothing new for so long means that nothing more comes. */
const QUIET_MS = 4000;

/** True when the message of an alert has its result: the report in its thread, or why there is none. */
function isSettled(card: Message, messages: readonly Message[]): boolean {
  if (card.text.includes('Could not look for the cause')) return true;
  const run = markOf(card, 'run_id');
  return messages.some(
    (message) =>
      message.threadTs === card.ts &&
      markOf(message, 'part') === 'verdict' &&
      markOf(message, 'run_id') === run,
  );
}

/** Waits until no message is added any more. */
async function quiet(workspace: WorkspaceClient): Promise<void> {
  let seen = -1;
  let since = Date.now();
  await eventually('the workspace becomes quiet', async () => {
    const { length } = (await workspace.state()).messages;
    if (length !== seen) since = Date.now();
    seen = length;
    return Date.now() - since > QUIET_MS;
  });
}

/** Waits until every alert has its message with a result, and nothing more is told. */
export async function allSettled(
  workspace: WorkspaceClient,
  alertnames: readonly string[],
  timeoutMs: number,
): Promise<void> {
  let missing: readonly string[] = alertnames;
  await eventually(
    'every alert is told and looked into',
    async () => {
      const { messages } = await workspace.state();
      missing = alertnames.filter(
        (name) => !messages.some((message) => isCardOf(message, name) && isSettled(message, messages)),
      );
      if (missing.length > 0) throw new Error(`not settled: ${missing.join(', ')}`);
      return true;
    },
    timeoutMs,
  );
  await quiet(workspace);
}

function isCardOf({ threadTs, ts, text }: Message, alertname: string): boolean {
  return (threadTs ?? ts) === ts && text.includes(alertname);
}

/** Expects one channel message for each alert, and no message, part or file twice. */
export async function expectToldOnce(
  workspace: WorkspaceClient,
  alertnames: readonly string[],
): Promise<void> {
  const { messages } = await workspace.state();
  const counts = alertnames.map((name) => messages.filter((message) => isCardOf(message, name)).length);
  expect(counts).toEqual(alertnames.map(() => 1));
  expect(repeatedKeys(messages)).toEqual([]);
  const shown = messages.flatMap(({ threadTs, files = [] }) =>
    files.map(({ name }) => `${threadTs} ${name}`),
  );
  expect(shown.filter((file, index) => shown.indexOf(file) !== index)).toEqual([]);
}

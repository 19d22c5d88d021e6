import type { z } from 'zod';
import type { Misbehaviour } from '../misbehaviour.ts';
import { MisbehaviourRule } from '../misbehaviour.ts';
import { type PostAnswer, PostedMessage, PressedAction, SampleAlert, SubmittedView } from '../protocol.ts';
import { openHome } from './open-home.ts';
import { press } from './press.ts';
import { sampleAlertBody } from './sample-alert.ts';
import { type Acting, say } from './say.ts';
import { closeView, submitView } from './submit-view.ts';

export interface PageRequests extends Acting {
  readonly misbehaviour: Misbehaviour;
  readonly sendAlert: ((body: unknown) => Promise<void>) | undefined;
}

/** Answers a POST of the page; undefined when there is no such path. `path` is what follows `/local/`. */
export async function answerPage(
  requests: PageRequests,
  path: string,
  body: unknown,
): Promise<PostAnswer | undefined> {
  const [, viewId, verb] = /^views\/([^/]+)\/(submit|close)$/.exec(path) ?? [];
  if (viewId !== undefined) {
    return verb === 'close'
      ? closeView(requests, viewId)
      : withBody(SubmittedView, body, ({ state }) => submitView(requests, viewId, state));
  }
  switch (path) {
    case 'messages':
      return withBody(PostedMessage, body, (message) => say(requests, message));
    case 'actions':
      return withBody(PressedAction, body, (action) => press(requests, action));
    case 'home':
      return openHome(requests);
    case 'sample-alert':
      return withBody(SampleAlert, body, (sample) => sendSample(requests, sample));
    case 'misbehave':
      return withBody(MisbehaviourRule, body, async (rule) => {
        requests.misbehaviour.give(rule);
        return { ok: true };
      });
    default:
      return undefined;
  }
}

async function withBody<S extends z.ZodType>(
  schema: S,
  body: unknown,
  run: (value: z.infer<S>) => Promise<PostAnswer>,
): Promise<PostAnswer> {
  const parsed = schema.safeParse(body);
  if (parsed.success) return run(parsed.data);
  const problems = parsed.error.issues.map(({ path, message }) => `${path.join('.')}: ${message}`);
  return { ok: false, error: `malformed request: ${problems.join('; ')}` };
}

async function sendSample({ workspace, sendAlert }: PageRequests, sample: SampleAlert): Promise<PostAnswer> {
  if (sendAlert === undefined) return { ok: false, error: 'This workspace cannot send alerts.' };
  try {
    await sendAlert(sampleAlertBody(workspace, sample));
    return { ok: true };
  } catch (error) {
    workspace.log.warn({ err: error }, 'the sample alert was not taken');
    return { ok: false, error: 'perfbot did not take the sample alert; its log says why.' };
  }
}

import type {
  PostAnswer,
  PostedMessage,
  PressedAction,
  SampleAlert,
  StateValues,
  WorkspaceState,
} from '../../protocol.ts';

const UNREACHABLE = 'perfbot does not answer. Is it still running?';

async function post(path: string, body: unknown): Promise<PostAnswer> {
  try {
    const response = await fetch(path, {
      method: 'POST',
      headers: { 'content-type': 'application/json', 'x-perfbot-page': '1' },
      body: JSON.stringify(body),
    });
    const answer: unknown = await response.json().catch(() => undefined);
    if (typeof answer === 'object' && answer !== null && 'ok' in answer) return answer as PostAnswer;
    return response.ok ? { ok: true } : { ok: false, error: `perfbot answered ${response.status}` };
  } catch {
    return { ok: false, error: UNREACHABLE };
  }
}

/** Posts a message, or sends a slash command. */
export const postMessage = (message: PostedMessage) => post('/local/messages', message);

/** Presses a button or chooses from a menu. */
export const pressAction = (action: PressedAction) => post('/local/actions', action);

/** Submits a modal; `errors` of the answer are by block id. */
export const submitView = (id: string, state: StateValues) =>
  post(`/local/views/${encodeURIComponent(id)}/submit`, { state });

/** Closes a modal without submitting it. */
export const closeView = (id: string) => post(`/local/views/${encodeURIComponent(id)}/close`, {});

/** Tells perfbot that its Home was opened. */
export const openHome = () => post('/local/home', {});

/** Sends an alert to perfbot's webhook as Prometheus would. */
export const sendSampleAlert = (alert: SampleAlert) => post('/local/sample-alert', alert);

/** Everything there is to show. */
export async function loadState(signal: AbortSignal): Promise<WorkspaceState> {
  const response = await fetch('/local/state', { signal });
  if (!response.ok) throw new Error(`perfbot answered ${response.status}`);
  return (await response.json()) as WorkspaceState;
}

import { createHmac } from 'node:crypto';

export const SIGNING_SECRET = 'signing-secret-of-tests';

/** Sends a form as Slack would, signed; the options make it a bad one. */
export async function sendSigned(
  url: string,
  body: string,
  options: { secret?: string; at?: number; type?: string } = {},
): Promise<Response> {
  const stamp = Math.floor((options.at ?? Date.now()) / 1000);
  const signature = createHmac('sha256', options.secret ?? SIGNING_SECRET)
    .update(`v0:${stamp}:${body}`)
    .digest('hex');
  return fetch(url, {
    method: 'POST',
    headers: {
      'content-type': options.type ?? 'application/x-www-form-urlencoded',
      'x-slack-request-timestamp': String(stamp),
      'x-slack-signature': `v0=${signature}`,
    },
    body,
  });
}

export function commandForm(fields: Record<string, string>): string {
  return new URLSearchParams({
    command: '/perf',
    text: 'status',
    user_id: 'U012AB3CD',
    channel_id: 'C0GENERAL',
    team_id: 'T1',
    api_app_id: 'A1',
    trigger_id: 'trigger-1',
    ...fields,
  }).toString();
}

export function actionPayload(fields: Record<string, unknown>) {
  return {
    type: 'block_actions',
    user: { id: 'U012AB3CD', team_id: 'T1' },
    team: { id: 'T1' },
    api_app_id: 'A1',
    channel: { id: 'C0GENERAL', name: 'general' },
    message: { ts: '1700000000.000100' },
    container: { type: 'message', message_ts: '1700000000.000100' },
    trigger_id: 'trigger-a',
    actions: [{ type: 'button', block_id: 'b', action_id: 'perfbot_acknowledge', value: '{"groupId":"g1"}' }],
    ...fields,
  };
}

export const actionForm = (fields: Record<string, unknown>) =>
  new URLSearchParams({ payload: JSON.stringify(actionPayload(fields)) }).toString();

/** The message that an answer to a command carries. */
export async function messageOf(answer: Response): Promise<{ text: string; response_type?: string }> {
  return (await answer.json()) as { text: string; response_type?: string };
}

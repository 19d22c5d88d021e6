import { createHmac } from 'node:crypto';
import type { Clock, Logger } from '../../engine/ports/runtime.ts';
import type { Misbehaviour } from '../misbehaviour.ts';
import type { Receipt } from './receipt.ts';
import type { Sockets } from './sockets.ts';

/** Slack waits three seconds for an answer. */
const TIMEOUT_MS = 3_000;
/** Events are sent again at once, after a minute and after five. */
const EVENT_RETRIES_MS = [0, 60_000, 300_000];
const LONGEST_ANSWER = 1_000_000;

/** Something that a person did, on its way to the app. */
interface Parcel {
  /** Name for `misbehave`: `slash_commands`, `block_actions`, an event type. */
  readonly name: string;
  readonly envelope: 'slash_commands' | 'interactive' | 'events_api';
  readonly payload: Readonly<Record<string, unknown>>;
}

export interface ToPerfbot {
  deliver(parcel: Parcel): Promise<Receipt>;
}

export interface DeliveryOptions {
  readonly signingSecret: string;
  readonly requestUrl: () => string | undefined;
  readonly sockets: Sockets;
  readonly misbehaviour: Misbehaviour;
  readonly later: (ms: number, run: () => void) => void;
  readonly now: Clock;
  readonly log: Logger;
}

/** Delivers to one of the connected sockets, else as a signed HTTP request. */
export function createDelivery(options: DeliveryOptions): ToPerfbot {
  const { sockets, misbehaviour, later, log } = options;
  const send = (parcel: Parcel, retry?: number): Promise<Receipt> => {
    if (!sockets.connected()) return overHttp(parcel, options, retry);
    const again = retry === undefined ? {} : { retry_attempt: retry, retry_reason: 'timeout' };
    return sockets.send({ type: parcel.envelope, payload: parcel.payload, ...again }, TIMEOUT_MS);
  };
  const sendEvent = (parcel: Parcel, retry: number): void => {
    later(EVENT_RETRIES_MS[retry - 1] ?? 0, () => {
      void send(parcel, retry).then(({ ok }) => {
        if (!ok && retry < EVENT_RETRIES_MS.length) sendEvent(parcel, retry + 1);
      });
    });
  };
  return {
    async deliver(parcel) {
      const twice = misbehaviour.take(parcel.name, 'duplicate_delivery') !== undefined;
      const receipt = await send(parcel);
      if (twice) await send(parcel);
      if (!receipt.ok) {
        log.warn({ what: parcel.name, error: receipt.error }, 'perfbot did not take a delivery in time');
        if (parcel.envelope === 'events_api') sendEvent(parcel, 1);
      }
      return receipt;
    },
  };
}

async function overHttp(parcel: Parcel, options: DeliveryOptions, retry?: number): Promise<Receipt> {
  const url = options.requestUrl();
  if (url === undefined) return { ok: false, error: 'dispatch_failed' };
  const { body, type } = encode(parcel);
  const stamp = Math.floor(options.now() / 1000);
  const again =
    retry === undefined ? {} : { 'x-slack-retry-num': String(retry), 'x-slack-retry-reason': 'http_error' };
  try {
    const answer = await fetch(url, {
      method: 'POST',
      headers: {
        'content-type': type,
        'user-agent': 'Slackbot 1.0 (+https://api.slack.com/robots)',
        'x-slack-request-timestamp': String(stamp),
        'x-slack-signature': signature(options.signingSecret, stamp, body),
        ...again,
      },
      body,
      redirect: 'error',
      signal: AbortSignal.timeout(TIMEOUT_MS),
    });
    const text = (await answer.text()).slice(0, LONGEST_ANSWER);
    if (!answer.ok) return { ok: false, error: 'dispatch_failed' };
    return { ok: true, body: parseAnswer(text, answer.headers.get('content-type') ?? '') };
  } catch (error) {
    const late = error instanceof DOMException && error.name === 'TimeoutError';
    return { ok: false, error: late ? 'operation_timeout' : 'dispatch_failed' };
  }
}

/** Slack's signature of a request body (source: docs.slack.dev, "Verifying requests from Slack"). */
function signature(secret: string, stamp: number, body: string): string {
  return `v0=${createHmac('sha256', secret).update(`v0:${stamp}:${body}`).digest('hex')}`;
}

function encode({ envelope, payload }: Parcel): { body: string; type: string } {
  if (envelope === 'events_api') return { body: JSON.stringify(payload), type: 'application/json' };
  const fields =
    envelope === 'interactive'
      ? { payload: JSON.stringify(payload) }
      : Object.fromEntries(Object.entries(payload).map(([key, value]) => [key, String(value)]));
  return { body: new URLSearchParams(fields).toString(), type: 'application/x-www-form-urlencoded' };
}

function parseAnswer(text: string, type: string): unknown {
  if (text === '') return undefined;
  if (!type.includes('json')) return text;
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}

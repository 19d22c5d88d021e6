import {
  WebAPIHTTPError,
  WebAPIPlatformError,
  WebAPIRateLimitedError,
  WebAPIRequestError,
} from '@slack/web-api';
import { z } from 'zod';
import { DeliveryError, type DeliveryOutcome } from '../../engine/delivery-error.ts';
import { DELIVERY_CODES, OTHER_CODE } from './delivery-codes.ts';

/** The request never left: the other side cannot have acted on it. */
const NEVER_SENT = new Set([
  'ECONNREFUSED',
  'ENOTFOUND',
  'EAI_AGAIN',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'UND_ERR_CONNECT_TIMEOUT',
]);
const UNREACHABLE = { reason: 'unreachable', userMessage: 'Slack does not answer.' } as const;

const Details = z.object({
  response_metadata: z.object({ messages: z.array(z.string()).optional() }).optional(),
  errors: z.array(z.string()).optional(),
  needed: z.string().optional(),
});

/** Does it harm to do the call twice? Only then an unknown outcome is `ambiguous`; else it is just `later`. */
export type Repeatable = 'repeatable' | 'once';

/** What a failed call means: final, later, or perhaps done after all (slack.dev codes, HTTP status, lost connection). */
export function toDeliveryError(error: unknown, repeatable: Repeatable): DeliveryError {
  if (error instanceof DeliveryError) return error;
  const lost: DeliveryOutcome = repeatable === 'once' ? 'ambiguous' : 'later';
  if (error instanceof WebAPIRateLimitedError) {
    return new DeliveryError('later', 'ratelimited', {
      reason: 'overloaded',
      retryAfterMs: error.retryAfter * 1000,
      cause: error,
    });
  }
  if (error instanceof WebAPIPlatformError) return fromPlatform(error, lost);
  if (error instanceof WebAPIHTTPError) {
    const outcome = error.statusCode >= 500 ? lost : 'later';
    return new DeliveryError(outcome, `http_${error.statusCode}`, { ...UNREACHABLE, cause: error });
  }
  if (error instanceof WebAPIRequestError) {
    const outcome = NEVER_SENT.has(causeCode(error.original)) ? 'later' : lost;
    return new DeliveryError(outcome, 'request_failed', { ...UNREACHABLE, cause: error });
  }
  // An answer that we cannot read: the call itself went through.
  return new DeliveryError(lost, 'invalid_response', {
    reason: 'invalid_response',
    userMessage: "Slack's answer could not be read.",
    cause: error,
  });
}

function fromPlatform(error: WebAPIPlatformError, lost: DeliveryOutcome): DeliveryError {
  const { outcome, reason, userMessage, mend } = DELIVERY_CODES[error.data.error] ?? OTHER_CODE;
  const detail = detailOf(error.data);
  const message = userMessage === undefined ? undefined : `${userMessage}${detail}`;
  return new DeliveryError(outcome === 'ambiguous' ? lost : outcome, error.data.error, {
    reason,
    ...(message !== undefined && { userMessage: message }),
    ...(mend !== undefined && { mend }),
    cause: error,
  });
}

/** Slack says where a block is wrong and which scope is missing. */
function detailOf(data: unknown): string {
  const parsed = Details.safeParse(data);
  if (!parsed.success) return '';
  const { response_metadata: metadata, errors, needed } = parsed.data;
  const said = [...(metadata?.messages ?? []), ...(errors ?? []), ...(needed ? [`needed: ${needed}`] : [])];
  return said.length === 0 ? '' : ` (${said.slice(0, 3).join('; ').slice(0, 400)})`;
}

function causeCode(error: unknown): string {
  for (let current: unknown = error, depth = 0; current instanceof Error && depth < 5; depth += 1) {
    if ('code' in current && typeof current.code === 'string' && NEVER_SENT.has(current.code)) {
      return current.code;
    }
    current = current.cause;
  }
  return '';
}

import type { WebClient } from '@slack/web-api';
import type { z } from 'zod';
import { type Repeatable, toDeliveryError } from './to-delivery-error.ts';

/** One call of the Web API with its answer through a schema. */
export type CallSlack = <T>(
  method: string,
  args: Record<string, unknown>,
  options: { readonly answer: z.ZodType<T>; readonly repeatable: Repeatable },
) => Promise<T>;

/** @throws DeliveryError, never anything else. */
export function callSlackWith(client: WebClient): CallSlack {
  return async (method, args, { answer, repeatable }) => {
    try {
      return answer.parse(await client.apiCall(method, args));
    } catch (error) {
      throw toDeliveryError(error, repeatable);
    }
  };
}

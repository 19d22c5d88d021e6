import { z } from 'zod';
import type { NodeTarget } from '../../core/inventory/target.ts';
import { Milliseconds } from '../../core/quantity.ts';

/** Parameters that all probes of Node processes share; `window` within its bounds, in ms. */
export function nodeParams({ usual, most }: { readonly usual: number; readonly most: number }) {
  return z.strictObject({
    window: Milliseconds.pipe(z.number().min(1000).max(most))
      .default(usual)
      .describe('how long the process is watched, for example 5s'),
    consent: z
      .boolean()
      .default(false)
      .describe(
        'look also where services.yaml does not allow it; only for playbooks that ask before they run',
      ),
  });
}

export type NodeParams = z.infer<ReturnType<typeof nodeParams>>;

/** True when the inventory or the playbook allows to look into the process. */
export function hasConsent({ inspect }: NodeTarget, parameters: Readonly<Record<string, unknown>>): boolean {
  return inspect || parameters.consent === true;
}

import { z } from 'zod';
import type { JobName, Jobs } from '../engine/ports/queue.ts';

const Nothing = z.strictObject({});

/** What each job carries. A payload of an older version that does not fit fails with its path instead of half-working. */
export const JOB_PAYLOADS: { readonly [N in JobName]: z.ZodType<Jobs[N]> } = {
  intake: z.strictObject({ deliveryId: z.string().min(1) }),
  start_run: z.strictObject({ runId: z.string().min(1) }),
  run_step: z.strictObject({ runId: z.string().min(1), step: z.int().nonnegative() }),
  conclude_run: z.strictObject({ runId: z.string().min(1) }),
  deliver: Nothing,
  sweep: Nothing,
  sample: Nothing,
  upkeep: Nothing,
  checklist: Nothing,
  compare: Nothing,
  load_test: z.strictObject({ testId: z.string().min(1) }),
};

/** Narrows a name that came from outside. */
export function isJobName(name: string): name is JobName {
  return Object.hasOwn(JOB_PAYLOADS, name);
}

import { type FillOptions, fillRounds } from './fill-rounds.ts';
import { type PostDueOptions, postDue } from './post-due.ts';
import { remind } from './remind.ts';

/**
 * Everything that checklists need from time to time, then `more`. Harmless at any time and in several workers at once.
 */
export function workOnChecklists(
  options: PostDueOptions & FillOptions,
  more: readonly (() => Promise<void>)[] = [],
): () => Promise<void> {
  const steps = [postDue(options), fillRounds(options), remind(options), ...more];
  return async () => {
    for (const step of steps) await step();
  };
}

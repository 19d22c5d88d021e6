import { fillRounds } from './fill-rounds.ts';
import { type PostDueOptions, postDue } from './post-due.ts';
import { remind } from './remind.ts';

/** Everything that checklists need from time to time. Harmless at any time and in several workers at once. */
export function workOnChecklists(options: PostDueOptions): () => Promise<void> {
  const steps = [postDue(options), fillRounds(options), remind(options)];
  return async () => {
    for (const step of steps) await step();
  };
}

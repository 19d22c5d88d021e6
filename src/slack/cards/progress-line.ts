import type { Progress } from '../../engine/ports/renderer.ts';
import { inline, joinMrkdwn, type Mrkdwn, mrkdwn } from '../text/mrkdwn.ts';

const MOST_STEPS = 12;
const SIGNS = { waiting: '○', running: '⏳', done: '✔', unavailable: '✖' } as const;
const WORDS = {
  waiting: ' (waiting)',
  running: ' (looking)',
  done: '',
  unavailable: ' (not available)',
} as const;

/** The steps of a run with a sign and a word each: `Looking: ✔ containers, ⏳ logs (looking) · 2 s left`. */
export function progressLine(progress: Progress | undefined): Mrkdwn {
  if (progress === undefined || progress.steps.length === 0) return mrkdwn`⏳ Looking for the cause …`;
  const shown = progress.steps
    .slice(0, MOST_STEPS)
    .map(({ title, state }) => mrkdwn`${SIGNS[state]} ${inline(title, 80)}${WORDS[state]}`);
  const hidden = progress.steps.length - shown.length;
  const steps = joinMrkdwn(hidden > 0 ? [...shown, mrkdwn`${hidden} more steps`] : shown, ', ');
  const left = Math.ceil(progress.secondsLeft);
  const rest = Number.isFinite(left) && left > 0 ? ` · ${left} s left` : '';
  return mrkdwn`⏳ Looking: ${steps}${rest}`;
}

import type { Progress } from '../ports/renderer.ts';
import type { RunStore } from '../ports/run-store.ts';

type StepState = Awaited<ReturnType<RunStore['stepStates']>>[number];

/** The live list of a run: one entry per step of the playbook, done when all its probes are. */
export function progressOf(steps: readonly StepState[], deadlineAt: number, now: number): Progress {
  const titles = [...new Set(steps.map(({ title }) => title))];
  return {
    steps: titles.map((title) => ({ title, state: stateOf(steps.filter((step) => step.title === title)) })),
    secondsLeft: Math.max(0, Math.ceil((deadlineAt - now) / 1000)),
  };
}

function stateOf(steps: readonly StepState[]): Progress['steps'][number]['state'] {
  if (steps.every(({ state }) => state === 'done')) {
    return steps.every(({ evidence }) => evidence === 'unavailable') ? 'unavailable' : 'done';
  }
  return steps.some(({ state }) => state !== 'waiting') ? 'running' : 'waiting';
}

import type { Progress } from '../ports/renderer.ts';
import type { RunStep } from '../ports/stores.ts';

/** The live list of a run: one entry per step of the playbook, done when all its probes are. */
export function progressOf(steps: readonly RunStep[], deadlineAt: number, now: number): Progress {
  const titles = [...new Set(steps.map(({ title }) => title))];
  return {
    steps: titles.map((title) => ({ title, state: stateOf(steps.filter((step) => step.title === title)) })),
    secondsLeft: Math.max(0, Math.ceil((deadlineAt - now) / 1000)),
  };
}

function stateOf(steps: readonly RunStep[]): Progress['steps'][number]['state'] {
  if (steps.every(({ state }) => state === 'done')) {
    return steps.every(({ evidence }) => evidence?.status === 'unavailable') ? 'unavailable' : 'done';
  }
  return steps.some(({ state }) => state !== 'waiting') ? 'running' : 'waiting';
}

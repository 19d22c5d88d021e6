import type { Task } from './block-shapes.ts';
import { RichText } from './rich-text.tsx';

const STATUS: Readonly<Record<Task['status'], readonly [sign: string, word: string]>> = {
  pending: ['○', 'waiting'],
  in_progress: ['◔', 'in progress'],
  complete: ['✓', 'done'],
  error: ['✕', 'failed'],
};

/** A task with its state in a word. */
export function TaskLine({ task }: { readonly task: Task }) {
  const [sign, word] = STATUS[task.status];
  const parts = (task.output ?? task.details)?.elements;
  return (
    <div className="task" data-status={task.status}>
      <span aria-hidden="true">{sign}</span>
      <div>
        {task.title} <span className="quiet">{word}</span>
        {parts && <RichText parts={parts} />}
      </div>
    </div>
  );
}

/** A plan: a title and its tasks. */
export function Plan({ title, tasks }: { readonly title: string; readonly tasks: readonly Task[] }) {
  return (
    <div className="plan">
      <strong>{title}</strong>
      {tasks.map((task, index) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: a task keeps its place
        <TaskLine key={index} task={task} />
      ))}
    </div>
  );
}

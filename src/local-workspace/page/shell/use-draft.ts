import { type KeyboardEvent, useState } from 'react';
import type { SlashCommand } from '../../protocol.ts';
import { type CommandHint, hintsFor } from './command-hints.ts';
import { useHistory } from './use-history.ts';

interface DraftOptions {
  /** The commands to give hints for. */
  readonly commands: readonly SlashCommand[];
  readonly send: (text: string) => Promise<boolean>;
}

const STEPS: Readonly<Record<string, -1 | 1>> = { ArrowUp: -1, ArrowDown: 1 };

/** What is being typed, with its hints and the history of what was sent. */
export function useDraft({ commands, send }: DraftOptions) {
  const history = useHistory();
  const [text, setText] = useState('');
  const [marked, setMarked] = useState(-1);
  const [hidden, setHidden] = useState(false);
  const hints = hidden ? [] : hintsFor(text, commands);
  const write = (next: string, hidesHints = false) => {
    setText(next);
    setMarked(-1);
    setHidden(hidesHints);
  };
  const submit = async () => {
    const typed = text.trim();
    if (typed === '') return;
    history.add(typed);
    write('');
    // A message that did not get through is not lost; a command stays in the history.
    if (!(await send(typed)) && !typed.startsWith('/')) setText((now) => now || typed);
  };
  const take = (hint: CommandHint | undefined): boolean => {
    if (hint === undefined || hint.insert === text) return false;
    write(hint.insert);
    return true;
  };
  const move = (step: -1 | 1): boolean => {
    const recalled = history.step(text, step);
    if (recalled !== undefined) write(recalled, true);
    else if (hints.length > 0) setMarked(nextMark(marked, step, hints.length));
    return recalled !== undefined || hints.length > 0;
  };
  const hide = (): boolean => {
    setHidden(true);
    return hints.length > 0;
  };
  const enter = (): boolean => {
    if (!take(hints[marked])) void submit();
    return true;
  };
  /** Does what a key stands for; false when the key is the field's own. */
  const handle = ({ key, shiftKey }: KeyboardEvent): boolean => {
    const step = STEPS[key];
    if (step !== undefined) return move(step);
    if (key === 'Escape') return hide();
    if (shiftKey) return false;
    if (key === 'Tab') return take(hints[marked] ?? hints[0]);
    return key === 'Enter' && enter();
  };
  return { text, hints, marked, write, take, submit, handle };
}

/** The mark moves around; from nowhere it goes to the first or last hint. */
function nextMark(marked: number, step: -1 | 1, count: number): number {
  if (marked < 0) return step > 0 ? 0 : count - 1;
  return (marked + step + count) % count;
}

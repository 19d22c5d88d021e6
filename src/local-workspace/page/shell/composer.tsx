import { type KeyboardEvent, useId, useRef, useState } from 'react';
import { useWorkspaceState } from '../state/workspace-context.ts';
import { type CommandHint, hintsFor } from './command-hints.ts';
import { useHistory } from './use-history.ts';
import { useSend } from './use-send.ts';

interface ComposerProps {
  readonly channel: string;
  readonly threadTs?: string;
  readonly placeholder: string;
}

/** Where somebody types: Enter sends, Shift+Enter breaks the line, arrow up brings back, Tab takes a hint. */
export function Composer({ channel, threadTs, placeholder }: ComposerProps) {
  const { commands } = useWorkspaceState();
  const send = useSend({ channel, threadTs });
  const history = useHistory();
  const id = useId();
  const field = useRef<HTMLTextAreaElement>(null);
  const [text, setText] = useState('');
  const [marked, setMarked] = useState(-1);
  const [hidden, setHidden] = useState(false);
  const hints = hidden || threadTs !== undefined ? [] : hintsFor(text, commands);
  const write = (next: string) => {
    setText(next);
    setMarked(-1);
    setHidden(false);
  };
  const take = (hint: CommandHint) => {
    write(hint.insert);
    field.current?.focus();
  };
  const submit = async () => {
    const typed = text.trim();
    if (typed === '') return;
    history.add(typed);
    write('');
    if (!(await send(typed))) setText((now) => (now === '' && !typed.startsWith('/') ? typed : now));
  };
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.nativeEvent.isComposing) return;
    const hint = hints[marked];
    const step = event.key === 'ArrowUp' ? -1 : event.key === 'ArrowDown' ? 1 : 0;
    if (step !== 0) {
      const recalled = history.step(text, step);
      if (recalled !== undefined) {
        write(recalled);
        setHidden(true);
      } else if (hints.length > 0)
        setMarked((marked + step + hints.length + (marked < 0 && step < 0 ? 1 : 0)) % hints.length);
      else return;
    } else if (
      event.key === 'Tab' &&
      !event.shiftKey &&
      hints.length > 0 &&
      (hint ?? hints[0])?.insert !== text
    ) {
      const chosen = hint ?? hints[0];
      if (chosen) take(chosen);
    } else if (event.key === 'Escape' && hints.length > 0) {
      setHidden(true);
    } else if (event.key === 'Enter' && !event.shiftKey) {
      if (hint && hint.insert !== text) take(hint);
      else void submit();
    } else return;
    event.preventDefault();
  };
  return (
    <form
      className="composer"
      onSubmit={(event) => {
        event.preventDefault();
        void submit();
      }}
    >
      {hints.length > 0 && <Hints id={id} hints={hints} marked={marked} onTake={take} />}
      <textarea
        ref={field}
        value={text}
        rows={1}
        placeholder={placeholder}
        aria-label={threadTs === undefined ? 'Message or command' : 'Reply'}
        role="combobox"
        aria-expanded={hints.length > 0}
        aria-controls={hints.length > 0 ? id : undefined}
        aria-autocomplete="list"
        aria-activedescendant={hints[marked] ? `${id}-${marked}` : undefined}
        onChange={(event) => write(event.target.value)}
        onKeyDown={onKeyDown}
      />
      <button type="submit" className="button" data-style="primary" disabled={text.trim() === ''}>
        Send
      </button>
    </form>
  );
}

function Hints(props: {
  readonly id: string;
  readonly hints: readonly CommandHint[];
  readonly marked: number;
  readonly onTake: (hint: CommandHint) => void;
}) {
  return (
    <div id={props.id} className="hints" role="listbox" aria-label="Commands">
      {props.hints.map((hint, index) => (
        // biome-ignore lint/a11y/useKeyWithClickEvents lint/a11y/useFocusableInteractive: the text field keeps the focus and handles the keys
        <div
          key={hint.usage}
          id={`${props.id}-${index}`}
          role="option"
          aria-selected={index === props.marked}
          onMouseDown={(event) => event.preventDefault()}
          onClick={() => props.onTake(hint)}
        >
          <code>{hint.usage}</code> <span className="quiet">{hint.purpose}</span>
        </div>
      ))}
    </div>
  );
}

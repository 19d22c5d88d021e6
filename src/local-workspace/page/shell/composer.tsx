import { type KeyboardEvent, useEffect, useId, useRef } from 'react';
import { useWorkspaceState } from '../state/workspace-context.ts';
import type { CommandHint } from './command-hints.ts';
import { useDraft } from './use-draft.ts';
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
  // As in Slack there are no commands in threads.
  const draft = useDraft({ commands: threadTs === undefined ? commands : [], send });
  const { text, hints, marked } = draft;
  const id = useId();
  const field = useRef<HTMLTextAreaElement>(null);
  const onKeyDown = (event: KeyboardEvent) => {
    if (!event.nativeEvent.isComposing && draft.handle(event)) event.preventDefault();
  };
  return (
    <form
      className="composer"
      onSubmit={(event) => {
        event.preventDefault();
        void draft.submit();
        field.current?.focus();
      }}
    >
      <Hints
        id={id}
        hints={hints}
        marked={marked}
        onTake={(hint) => {
          draft.take(hint);
          field.current?.focus();
        }}
      />
      <textarea
        ref={field}
        value={text}
        rows={1}
        placeholder={placeholder}
        aria-label={threadTs === undefined ? 'Message or command' : 'Reply'}
        aria-controls={id}
        aria-autocomplete="list"
        aria-activedescendant={hints[marked] ? `${id}-${marked}` : undefined}
        onChange={(event) => draft.write(event.target.value)}
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
  const { marked } = props;
  const list = useRef<HTMLDivElement>(null);
  useEffect(() => {
    list.current?.children[marked]?.scrollIntoView({ block: 'nearest' });
  }, [marked]);
  return (
    <div
      ref={list}
      id={props.id}
      className="hints"
      role="listbox"
      // A list that scrolls must be within reach of the keyboard.
      tabIndex={0}
      aria-label="Commands"
      hidden={props.hints.length === 0}
    >
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

import { Fragment } from 'react';
import type { Entry } from '../state/workspace-state.ts';
import { dayOf, keyOf } from './message-times.ts';
import { MessageView } from './message-view.tsx';
import { useStickToEnd } from './use-stick-to-end.ts';

interface MessageListProps {
  readonly label: string;
  readonly entries: readonly Entry[];
  /** The thread that the list shows; without it the list is a channel's. */
  readonly threadTs?: string;
  readonly onThread?: (ts: string) => void;
  /** The message to begin at; without it the last one. */
  readonly startTs?: string | undefined;
  /** New messages are read out. */
  readonly live?: boolean;
}

/** Messages, oldest first, parted by days. Stays at the end while somebody reads there. */
export function MessageList({ label, entries, threadTs, startTs, onThread, live = false }: MessageListProps) {
  const { scroller, content, hasMore, toEnd } = useStickToEnd(entries.at(-1)?.ts, startTs);
  return (
    <div className="message-list">
      <div ref={scroller} className="message-scroller">
        <div
          ref={content}
          className="messages"
          role="log"
          aria-label={label}
          aria-live={live ? 'polite' : 'off'}
          aria-relevant="additions"
        >
          {entries.map((entry, index) => {
            const before = entries[index - 1];
            const day = dayOf(entry.ts);
            const showsDay = threadTs === undefined && (before === undefined || dayOf(before.ts) !== day);
            return (
              <Fragment key={keyOf(entry)}>
                {showsDay && (
                  <div className="day">
                    <span>{day}</span>
                  </div>
                )}
                <MessageView entry={entry} isWanted={entry.ts === startTs} onThread={onThread} />
                {entry.ts === threadTs && entries.length > 1 && (
                  <div className="day reply-count">
                    <span>
                      {entries.length - 1} {entries.length === 2 ? 'reply' : 'replies'}
                    </span>
                  </div>
                )}
              </Fragment>
            );
          })}
        </div>
      </div>
      {hasMore && (
        <button type="button" className="button to-end" onClick={toEnd}>
          New messages ↓
        </button>
      )}
    </div>
  );
}

import { use, useId } from 'react';
import type { FileInfo } from '../../protocol.ts';
import { BlockList } from '../blocks/block-list.tsx';
import { PAGE_USER } from '../state/notices.ts';
import { useNames } from '../state/workspace-context.ts';
import type { Entry } from '../state/workspace-state.ts';
import { showEmoji } from '../text/emoji.ts';
import { Mrkdwn } from '../text/mrkdwn.tsx';
import { Attachments } from './attachments.tsx';
import { Avatar } from './avatar.tsx';
import { DismissContext } from './dismiss.ts';
import { FileView } from './file-view.tsx';
import { MessageSurface } from './message-surface.tsx';
import { agoOf, machineTime, momentOf, timeOf } from './message-times.ts';

interface MessageProps {
  readonly entry: Entry;
  /** The address of the page asks for it. */
  readonly isWanted?: boolean;
  readonly onThread?: ((ts: string) => void) | undefined;
}

/** A message: author, time, text or blocks, files, reactions, and the way into its thread. */
export function MessageView({ entry, isWanted = false, onThread }: MessageProps) {
  const id = useId();
  const author = useNames().person(entry.user);
  const name = author?.realName ?? (entry.user === PAGE_USER ? 'Workspace' : entry.user);
  return (
    <article
      className="message"
      data-ephemeral={entry.id !== undefined || undefined}
      data-wanted={isWanted || undefined}
      aria-labelledby={`${id}-author ${id}-time`}
    >
      <Avatar user={author} />
      <div className="message-body">
        {entry.id !== undefined && <EphemeralNote id={entry.id} />}
        <div className="message-head">
          <strong id={`${id}-author`}>{name}</strong>
          {author?.isBot === true && <span className="badge">App</span>}
          <time id={`${id}-time`} dateTime={machineTime(entry.ts)} title={momentOf(entry.ts)}>
            {timeOf(entry.ts)}
          </time>
          {entry.edited === true && <span className="edited">(edited)</span>}
        </div>
        <MessageSurface entry={entry}>
          <MessageContent entry={entry} />
        </MessageSurface>
        {entry.reactions && entry.reactions.length > 0 && <Reactions reactions={entry.reactions} />}
        {onThread && entry.id === undefined && <ThreadLink entry={entry} onThread={onThread} />}
      </div>
    </article>
  );
}

function MessageContent({ entry }: { readonly entry: Entry }) {
  const files: readonly FileInfo[] = entry.files ?? [];
  return (
    <>
      {entry.blocks && entry.blocks.length > 0 ? (
        <BlockList blocks={entry.blocks} />
      ) : (
        <div className="block-text">
          <Mrkdwn text={entry.text} />
        </div>
      )}
      <Attachments attachments={entry.attachments ?? []} />
      {files.length > 0 && (
        <div className="files">
          {files.map((file) => (
            <FileView key={file.id} file={file} />
          ))}
        </div>
      )}
    </>
  );
}

function EphemeralNote({ id }: { readonly id: string }) {
  const dismiss = use(DismissContext);
  return (
    <p className="ephemeral-note">
      Only visible to you{' '}
      <button type="button" className="link" onClick={() => dismiss(id)}>
        Dismiss
      </button>
    </p>
  );
}

function Reactions({ reactions }: { readonly reactions: NonNullable<Entry['reactions']> }) {
  const names = useNames();
  return (
    <ul className="reactions" aria-label="Reactions">
      {reactions.map(({ name, users, count }) => (
        <li key={name} title={users.map((user) => names.user(user) ?? user).join(', ')}>
          <span role="img" aria-label={name.replaceAll('_', ' ')}>
            {showEmoji(name)}
          </span>{' '}
          {count}
        </li>
      ))}
    </ul>
  );
}

function ThreadLink({ entry, onThread }: { readonly entry: Entry; readonly onThread: (ts: string) => void }) {
  const { replyCount = 0, latestReply } = entry;
  return (
    <button
      type="button"
      className={replyCount > 0 ? 'thread-link' : 'thread-link thread-start'}
      onClick={() => onThread(entry.ts)}
    >
      {replyCount === 0 ? 'Reply in thread' : `${replyCount} ${replyCount === 1 ? 'reply' : 'replies'}`}
      {latestReply !== undefined && <span className="quiet"> Last reply {agoOf(latestReply)}</span>}
    </button>
  );
}

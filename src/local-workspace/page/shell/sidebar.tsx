import { useUnread } from '../state/use-unread.ts';
import { useWorkspaceState } from '../state/workspace-context.ts';
import { Avatar } from './avatar.tsx';
import { ThemeChoice } from './theme-choice.tsx';

interface SidebarProps {
  /** Id of a channel, or `home`. */
  readonly chosen: string | undefined;
  /** What App Home is called among the channels. */
  readonly home: string;
  readonly onChoose: (channel: string) => void;
  readonly onClose: () => void;
}

/** The workspace's name, its channels, who is there, and the colours. On a phone Esc closes it. */
export function Sidebar({ chosen, home, onChoose, onClose }: SidebarProps) {
  const { team, channels, users, me } = useWorkspaceState();
  const unread = useUnread(chosen);
  const groups = [
    { title: 'Channels', entries: channels.filter(({ isDirect }) => isDirect !== true) },
    { title: 'Direct messages', entries: channels.filter(({ isDirect }) => isDirect === true) },
  ];
  return (
    <nav
      id="sidebar"
      className="sidebar"
      aria-label="Workspace"
      onKeyDown={(event) => {
        if (event.key === 'Escape') onClose();
      }}
    >
      <h1>{team.name}</h1>
      <p className="quiet">Stands in for Slack</p>
      <ul>
        <li>
          <button
            type="button"
            aria-current={chosen === home ? 'page' : undefined}
            onClick={() => onChoose(home)}
          >
            <span aria-hidden="true">⌂</span> App Home
          </button>
        </li>
      </ul>
      {groups.map(
        ({ title, entries }) =>
          entries.length > 0 && (
            <section key={title}>
              <h2>{title}</h2>
              <ul>
                {entries.map(({ id, name, isDirect }) => (
                  <li key={id}>
                    <button
                      type="button"
                      data-unread={unread.has(id) || undefined}
                      aria-current={id === chosen ? 'page' : undefined}
                      onClick={() => onChoose(id)}
                    >
                      <span aria-hidden="true">{isDirect === true ? '@' : '#'}</span> {name}
                      {unread.has(id) && <em>new</em>}
                    </button>
                  </li>
                ))}
              </ul>
            </section>
          ),
      )}
      <section>
        <h2>People and apps</h2>
        <ul className="people">
          {users.map((user) => (
            <li key={user.id}>
              <Avatar user={user} /> {user.realName}
              {user.isBot && <span className="badge">App</span>}
              {user.id === me.id && user.realName !== 'You' && <span className="quiet">you</span>}
            </li>
          ))}
        </ul>
      </section>
      <ThemeChoice />
    </nav>
  );
}

import type { Channel } from '../../protocol.ts';
import { useSend } from './use-send.ts';

/** What to do in a channel where nothing was said yet. */
export function EmptyChannel({ channel }: { readonly channel: Channel }) {
  const send = useSend({ channel: channel.id });
  return (
    <div className="empty-channel">
      <h3>{channel.isDirect === true ? `You and ${channel.name}` : `This is #${channel.name}`}</h3>
      <p>
        Type <code>/perf status</code> to see how everything on this machine is doing.
        <br />
        Or send a sample alert (top right) and watch perfbot look for the cause.
      </p>
      <button type="button" className="button" data-style="primary" onClick={() => void send('/perf status')}>
        Run /perf status
      </button>
    </div>
  );
}

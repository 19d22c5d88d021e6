import { homeOpenedPayload } from '../delivery/payloads.ts';
import type { PostAnswer } from '../protocol.ts';
import { ME } from '../state/seed.ts';
import { homeOf, toApiView } from '../state/views.ts';
import type { Acting } from './say.ts';

/** A conversation of two that nobody has opened yet still has an id in Slack. */
const NO_CHANNEL = 'D0PERFBOT1';

/** "You" opened App Home: the app hears of it, and publishes a view when it wants to. */
export async function openHome({ workspace, toPerfbot }: Acting): Promise<PostAnswer> {
  const { store } = workspace;
  const home = homeOf(workspace, ME.id);
  const payload = homeOpenedPayload(
    {
      channel: store.channels.all().find(({ directWith }) => directWith === ME.id)?.id ?? NO_CHANNEL,
      view: home && toApiView(home),
      ts: store.timestamps.next(),
    },
    workspace.now(),
  );
  const receipt = await toPerfbot.deliver({ name: 'app_home_opened', envelope: 'events_api', payload });
  return receipt.ok ? { ok: true } : { ok: false, error: receipt.error };
}

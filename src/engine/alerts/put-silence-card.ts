import type { Silence } from '../../core/alert/silence.ts';
import type { Renderer } from '../ports/renderer.ts';
import type { Clock } from '../ports/runtime.ts';
import type { Stores } from '../ports/stores.ts';

/** Sets what the channel message of a silence should say now. */
export async function putSilenceCard(
  { renderer, now }: { readonly renderer: Renderer; readonly now: Clock },
  { outbox }: Stores,
  silence: Silence,
  options: { readonly matching?: number } = {},
): Promise<void> {
  const key = `silence/${silence.id}`;
  const content = renderer.silence({ silence, now: now(), ...options }, key);
  await outbox.put({ key, channel: silence.channel, position: 0, content, urgent: true }, now());
}

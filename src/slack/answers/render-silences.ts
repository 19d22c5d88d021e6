import { formatMatchers } from '../../core/alert/matcher.ts';
import type { Silence } from '../../core/alert/silence.ts';
import type { MessageContent } from '../../engine/ports/message.ts';
import { blocks, context, section } from '../blocks/builders.ts';
import { mention } from '../cards/mention.ts';
import { endButton, reasonLine, untilText } from '../cards/silence-card.ts';
import { inline, joinMrkdwn, type Mrkdwn, mrkdwn } from '../text/mrkdwn.ts';
import { typedText } from '../text/typed-text.ts';
import { reply } from './reply.ts';

const MOST = 15;

/** What is silenced now, the one that ends first first, each with the button that ends it. */
export function renderSilences(
  silences: readonly Silence[],
  { timezone, held }: { readonly timezone: string; readonly held: number },
): MessageContent {
  const shown = silences.slice(0, MOST);
  const hints = [
    ...(silences.length > MOST ? [mrkdwn`… ${silences.length - MOST} more`] : []),
    ...(held > 0 ? [mrkdwn`${held === 1 ? 'One alert is' : `${held} alerts are`} held back now`] : []),
    typedText('Add one: `/perf silence service=shop-api 1h deploy`'),
  ];
  const title = silences.length === 0 ? inline('Nothing is silenced.') : mrkdwn`*Silences*`;
  const lines = shown.map((silence) => lineOf(silence, timezone));
  return reply(
    'silences',
    [title, ...lines, ...hints],
    blocks(
      section(title),
      ...lines.map((line, index) => {
        const [accessory] = endButton({ silenceId: shown[index]?.id ?? '' });
        return { ...section(line), ...(accessory !== undefined && { accessory }) };
      }),
      context(...hints),
    ),
  );
}

function lineOf(silence: Silence, timezone: string): Mrkdwn {
  return joinMrkdwn(
    [
      mrkdwn`🔕 *${inline(formatMatchers(silence.matchers), 300)}*`,
      untilText(silence, timezone),
      mrkdwn`by ${mention(silence.createdBy)}`,
      reasonLine(silence),
    ],
    ' · ',
  );
}

import { stableId } from '../core/alert/fingerprint.ts';
import type { Matcher } from '../core/alert/matcher.ts';
import type { Command } from '../core/command.ts';
import { parseDuration } from '../core/quantity.ts';
import type { SilenceGroupResult, Silences } from '../engine/commands/silence.ts';
import type { Inventory } from '../engine/ports/inventory.ts';
import type { Clock } from '../engine/ports/runtime.ts';
import type { Database } from '../engine/ports/stores.ts';
import { renderReply } from '../slack/answers/render-refusal.ts';
import { renderSilences } from '../slack/answers/render-silences.ts';
import { ACTIONS, parseActionValue } from '../slack/blocks/action-value.ts';
import type { ActionRequest, CommandAnswer, CommandRequest } from '../slack/receiver/handlers.ts';
import { checkService, ephemeral, refuse, SILENT } from './slack-answers.ts';

export interface SilenceHandlersOptions {
  readonly database: Database;
  readonly inventory: Inventory;
  readonly silences: Silences;
  readonly timezone: string;
  readonly now: Clock;
}

export interface SilenceHandlers {
  onCommand(command: Extract<Command, { kind: 'silence' }>, request: CommandRequest): Promise<CommandAnswer>;
  /** What is silenced now. */
  list(): Promise<CommandAnswer>;
  /** Undefined: not a press that is about silences. */
  onAction(request: ActionRequest): Promise<CommandAnswer | undefined>;
}

/** Firing groups whose labels may name a service that the inventory does not know. */
const LOOKED_AT = 200;

/** `/perf silence`, the menu on alerts, and the buttons that end a silence. */
export function createSilenceHandlers(options: SilenceHandlersOptions): SilenceHandlers {
  const { database, silences, timezone, now } = options;
  return {
    async onCommand({ matchers, durationMs, reason }, { userId, channelId: channel, triggerId }) {
      const known = await withServiceNames(options, matchers);
      if ('refusal' in known) return known.refusal;
      const id = stableId('silence', triggerId);
      await silences.add({ id, durationMs, reason, userId, channel, matchers: known.matchers });
      return SILENT;
    },
    async list() {
      const held = await database.silences.heldCount();
      return ephemeral(renderSilences(await database.silences.active(now()), { timezone, held }));
    },
    async onAction({ actionId, value, selected, userId, channelId: channel, triggerId }) {
      if (actionId === ACTIONS.silence) {
        const { groupId = '', duration = '' } = parseActionValue(selected ?? value);
        const durationMs = parseDuration(duration);
        if (durationMs === undefined) return SILENT;
        const id = stableId('silence', triggerId);
        return told(await silences.addForGroup({ id, groupId, durationMs, userId, channel }));
      }
      if (actionId !== ACTIONS.silenceEnd) return undefined;
      const { groupId, silenceId = '' } = parseActionValue(value);
      const ended =
        groupId === undefined
          ? await silences.end(silenceId, userId)
          : await silences.endForGroup(groupId, userId);
      return ended ? SILENT : ephemeral(renderReply('That silence is over already.'));
    },
  };
}

/** `service=` under its proper name. A name that only an alert uses is taken as it is; others are typing errors. */
async function withServiceNames(
  { inventory, database }: SilenceHandlersOptions,
  matchers: readonly Matcher[],
): Promise<{ readonly matchers: readonly Matcher[] } | { readonly refusal: CommandAnswer }> {
  const proper: Matcher[] = [];
  for (const matcher of matchers) {
    if (matcher.label !== 'service' || matcher.op !== '=' || matcher.value === '') {
      proper.push(matcher);
      continue;
    }
    const known = await checkService(inventory, matcher.value);
    if ('name' in known) proper.push({ ...matcher, value: known.name ?? matcher.value });
    else if (await isNamedByAlert(database, matcher.value)) proper.push(matcher);
    else return known;
  }
  return { matchers: proper };
}

async function isNamedByAlert({ groups, silences }: Database, service: string): Promise<boolean> {
  const firing = await groups.recent({ state: 'firing', limit: LOOKED_AT });
  if (firing.some(({ labels }) => labels.service === service)) return true;
  return (await silences.held()).some(({ alerts }) =>
    alerts.some(({ labels }) => labels.service === service),
  );
}

/** How a choice from the menu ended; the card itself says it to everybody else. */
function told(result: SilenceGroupResult): CommandAnswer {
  switch (result.kind) {
    case 'silenced':
      return SILENT;
    case 'already':
      return ephemeral(renderReply('Somebody has silenced it already; the message says until when.'));
    case 'impossible':
      return refuse(REASONS[result.reason], '`/perf silence <matcher> <duration>` takes any condition.');
  }
}

const REASONS = {
  unknown: 'This alert is not known any more.',
  resolved: 'This alert is over; there is nothing to silence.',
  nothing_in_common: 'The alerts of this message have no label in common that could be silenced.',
} as const;

import { LIMITS } from '../../core/block-kit/limits.ts';
import { sizeOf } from '../../core/loadtest/load-profile.ts';
import type { LoadPlan } from '../../core/loadtest/load-test.ts';
import { formatDuration, formatValue } from '../../core/unit.ts';
import type { MessageContent } from '../../engine/ports/message.ts';
import { reply } from '../answers/reply.ts';
import { ACTIONS, toActionValue } from '../blocks/action-value.ts';
import { actions, type Block, blocks, plain, section } from '../blocks/builders.ts';
import { button } from '../blocks/buttons.ts';
import { inline, joinMrkdwn, type Mrkdwn, mrkdwn } from '../text/mrkdwn.ts';

const SHOWN_PATHS = 5;

/** Says what a load test would send, to the person who asked, with the button that begins it after one more question. */
export function renderLoadOffer(
  plan: LoadPlan,
  { leftOut, broken }: { readonly leftOut: readonly string[]; readonly broken?: string | undefined },
): MessageContent {
  const lines = [
    mrkdwn`*Put ${inline(plan.service, 80)} under load?*`,
    ...planLines(plan, leftOut),
    ...(broken === undefined
      ? []
      : [mrkdwn`⚠️ The file of this profile is broken; its last good version counts. ${inline(broken, 300)}`]),
  ];
  const value = toActionValue({ service: plan.service, playbook: plan.profile });
  return reply(
    'load-offer',
    lines,
    blocks(
      section(joinMrkdwn(lines, '\n')),
      actions(
        button({ label: 'Start', actionId: ACTIONS.loadStart, value, style: 'danger' }).map((start) => ({
          ...start,
          confirm: confirmation(plan),
        })),
      ),
    ),
  );
}

/** What is sent, where, and what ends it. */
export function planLines(plan: LoadPlan, leftOut: readonly string[]): readonly Mrkdwn[] {
  const { errorRate, p95Ms, throttledRatio } = plan.stop;
  const shown = plan.paths.slice(0, SHOWN_PATHS).join(', ');
  const more = plan.paths.length > SHOWN_PATHS ? ` and ${plan.paths.length - SHOWN_PATHS} more` : '';
  return [
    sizeLine(plan),
    mrkdwn`GET ${inline(shown, 300)}${more} at ${inline(plan.baseUrl, 200)}`,
    mrkdwn`Stops by itself when ${formatValue(errorRate, 'ratio')} fail, the 95th percentile is above ${formatDuration(p95Ms)}, or the container is held back in ${formatValue(throttledRatio, 'ratio')} of its periods.`,
    ...(leftOut.length === 0
      ? []
      : [mrkdwn`Left out, for a load test only reads: ${inline(leftOut.join(', '), 300)}`]),
  ];
}

/** How much is sent. */
export function sizeLine({ title, stages }: LoadPlan): Mrkdwn {
  const { durationMs, requests, peakPerSecond } = sizeOf(stages);
  return mrkdwn`${inline(title, 80)}: ${formatValue(requests, 'count')} requests in ${formatDuration(durationMs)}, at most ${formatValue(peakPerSecond, 'per_second')}`;
}

function confirmation({ service, stages }: LoadPlan): Block {
  const { requests, durationMs } = sizeOf(stages);
  const text = `${formatValue(requests, 'count')} requests in ${formatDuration(durationMs)} go to ${service}. Everybody in the channel sees it, and anybody can stop it.`;
  return {
    title: plain('Start the load test?', LIMITS.confirm.title),
    text: plain(text, LIMITS.confirm.text),
    confirm: plain('Start', LIMITS.confirm.button),
    deny: plain('Not now', LIMITS.confirm.button),
    style: 'danger',
  };
}

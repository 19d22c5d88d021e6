import { type LoadPart, partAt } from '../../core/loadtest/load-phases.ts';
import { sizeOf } from '../../core/loadtest/load-profile.ts';
import {
  failedShare,
  type LoadPlan,
  type LoadStop,
  type LoadTest,
  type MeasuredPart,
} from '../../core/loadtest/load-test.ts';
import { formatDuration, formatValue } from '../../core/unit.ts';
import { mention } from '../cards/mention.ts';
import { inline, joinMrkdwn, type Mrkdwn, mrkdwn } from '../text/mrkdwn.ts';
import { planLines } from './load-offer.ts';

/** An end so near to the planned one is none before its time. */
const ON_TIME_MS = 500;

/** A part by its place in the profile, and its name where it has one: `Phase 2 of 3, Hold`. */
export function partTitle({ parts = [] }: LoadPlan, { first, last, name }: LoadPart): Mrkdwn {
  const total = parts.at(-1)?.last ?? last;
  const place = first === last ? `Phase ${first} of ${total}` : `Phases ${first} to ${last} of ${total}`;
  return name === undefined ? mrkdwn`${place}` : mrkdwn`${place}, ${inline(name, 80)}`;
}

/** Who started what, and what comes one after the other. */
export function begunLines({ plan, requestedBy }: LoadTest): readonly Mrkdwn[] {
  const parts = (plan.parts ?? []).map(
    (part) => mrkdwn`${partTitle(plan, part)}: ${rateText(part)} for ${formatDuration(part.durationMs)}`,
  );
  return [
    mrkdwn`▶️ Started by ${mention(requestedBy)}: profile *${inline(plan.profile, 50)}* on ${inline(plan.service, 80)}`,
    ...planLines(plan, []),
    ...parts,
  ];
}

/** What was asked for and what came of it. */
export function partLine({ plan }: LoadTest, part: LoadPart, { window }: MeasuredPart): Mrkdwn {
  const { durationMs, asked, answered, p95Ms } = window;
  const cut = part.durationMs - durationMs > ON_TIME_MS;
  const title = partTitle(plan, part);
  const head = cut
    ? mrkdwn`*${title}* ended after ${formatDuration(durationMs)} of ${formatDuration(part.durationMs)}`
    : mrkdwn`*${title}* is over`;
  if (part.toPerSecond === 0 && answered === 0)
    return mrkdwn`${head}: nothing asked for ${formatDuration(durationMs)}`;
  const perSecond = (count: number) => formatValue((count * 1000) / durationMs, 'per_second');
  const ramp = part.fromPerSecond === part.toPerSecond ? '' : ` (${rateText(part)})`;
  return joinMrkdwn(
    [
      mrkdwn`${head}: asked ${perSecond(asked)}${ramp}, answered *${perSecond(answered)}*`,
      p95Ms === undefined ? mrkdwn`nothing answered` : mrkdwn`p95 ${formatValue(p95Ms, 'ms')}`,
      mrkdwn`${formatValue(failedShare(window), 'ratio')} failed`,
    ],
    ' · ',
  );
}

/** Why a test ended before its time, and where in the plan. */
export function stoppedLine(
  { plan }: LoadTest,
  { kind, reason, by, afterMs }: LoadStop & { readonly afterMs: number },
): Mrkdwn {
  const part = partAt(plan.parts ?? [], afterMs);
  const where = part === undefined ? mrkdwn`` : mrkdwn` in ${partTitle(plan, part)}`;
  const when = mrkdwn`after ${formatDuration(afterMs)} of ${formatDuration(sizeOf(plan.stages).durationMs)}${where}`;
  if (kind === 'person' && by !== undefined) return mrkdwn`⏹️ Stopped by ${mention(by)} ${when}`;
  return mrkdwn`⏹️ Stopped ${when}: ${inline(reason, 300)}`;
}

function rateText({ fromPerSecond, toPerSecond }: LoadPart): string {
  if (fromPerSecond === toPerSecond)
    return toPerSecond === 0 ? 'no requests' : formatValue(toPerSecond, 'per_second');
  return `${formatValue(fromPerSecond, 'count')} to ${formatValue(toPerSecond, 'per_second')}`;
}

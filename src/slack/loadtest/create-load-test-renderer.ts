import { partAt } from '../../core/loadtest/load-phases.ts';
import { sizeOf } from '../../core/loadtest/load-profile.ts';
import { failedShare, type LoadTest, type LoadWindow } from '../../core/loadtest/load-test.ts';
import { formatDuration, formatValue } from '../../core/unit.ts';
import type { LoadTestRenderer } from '../../engine/ports/load-test-renderer.ts';
import type { MessageContent } from '../../engine/ports/message.ts';
import { ACTIONS, toActionValue } from '../blocks/action-value.ts';
import { actions, blocks, context, header, section } from '../blocks/builders.ts';
import { button } from '../blocks/buttons.ts';
import { mention } from '../cards/mention.ts';
import { inline, joinMrkdwn, type Mrkdwn, messageText, mrkdwn } from '../text/mrkdwn.ts';
import { sizeLine } from './load-offer.ts';
import { begunLines, partLine, partTitle, stoppedLine } from './load-thread-lines.ts';

/** The message of a load test while it is under way, whose place its report takes, and what its thread says meanwhile. */
export function createLoadTestRenderer(): LoadTestRenderer {
  return {
    progress(test, window, key) {
      const { id, plan, requestedBy } = test;
      const title = `⏳ Load test · ${plan.service}`;
      // Short: the thread says the rest of the plan, and the button stays in sight.
      const lines = [progressLine(test, window), sizeLine(plan)];
      const footer = joinMrkdwn(
        [mrkdwn`Started by ${mention(requestedBy)}`, mrkdwn`run ${inline(id, 80)}`],
        ' · ',
      );
      return {
        text: messageText([inline(title, 400), ...lines, footer]),
        blocks: blocks(
          header(title),
          section(joinMrkdwn(lines, '\n')),
          context(footer),
          actions(
            button({
              label: 'Stop',
              actionId: ACTIONS.loadStop,
              value: toActionValue({ runId: id }),
              style: 'danger',
            }),
          ),
        ),
        metadata: { event_type: 'perfbot_report', event_payload: { part: 'card', key, run_id: id } },
      };
    },
    begun: (test, key) => inThread(test, 'begun', key, begunLines(test)),
    part(test, measured, key) {
      const part = test.plan.parts?.[measured.index];
      return inThread(test, 'phase', key, part === undefined ? [] : [partLine(test, part, measured)]);
    },
    stopped: (test, stop, key) => inThread(test, 'stopped', key, [stoppedLine(test, stop)]),
  };
}

function inThread({ id }: LoadTest, part: string, key: string, lines: readonly Mrkdwn[]): MessageContent {
  return {
    text: messageText(lines),
    blocks: blocks(section(joinMrkdwn(lines, '\n'))),
    metadata: { event_type: 'perfbot_report', event_payload: { part, key, run_id: id } },
  };
}

function progressLine({ plan }: LoadTest, window: LoadWindow | undefined): Mrkdwn {
  if (window === undefined) return mrkdwn`⏳ A worker takes it …`;
  const { fromMs, durationMs, asked, answered, p95Ms } = window;
  const left = Math.max(0, sizeOf(plan.stages).durationMs - fromMs - durationMs);
  const part = partAt(plan.parts ?? [], fromMs + durationMs / 2);
  const where = part === undefined ? mrkdwn`` : mrkdwn`${partTitle(plan, part)} · `;
  const perSecond = (count: number) => formatValue((count * 1000) / durationMs, 'per_second');
  const p95 = p95Ms === undefined ? 'nothing answered' : `p95 ${formatValue(p95Ms, 'ms')}`;
  return mrkdwn`⏳ ${where}*${perSecond(answered)}* of ${perSecond(asked)} answered · ${p95} · ${formatValue(failedShare(window), 'ratio')} failed · ${formatDuration(Math.round(left / 1000) * 1000)} left`;
}

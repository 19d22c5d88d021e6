import { sizeOf } from '../../core/loadtest/load-profile.ts';
import { failedShare, type LoadTest, type LoadWindow } from '../../core/loadtest/load-test.ts';
import { formatDuration, formatValue } from '../../core/unit.ts';
import type { LoadTestRenderer } from '../../engine/ports/load-test-renderer.ts';
import { ACTIONS, toActionValue } from '../blocks/action-value.ts';
import { actions, blocks, context, header, section } from '../blocks/builders.ts';
import { button } from '../blocks/buttons.ts';
import { mention } from '../cards/mention.ts';
import { inline, joinMrkdwn, type Mrkdwn, messageText, mrkdwn } from '../text/mrkdwn.ts';
import { planLines } from './load-offer.ts';

/** The message of a load test while it is under way; its report takes its place. */
export function createLoadTestRenderer(): LoadTestRenderer {
  return {
    progress(test, window, key) {
      const { id, plan, requestedBy } = test;
      const title = `⏳ Load test · ${plan.service}`;
      const lines = [progressLine(test, window), ...planLines(plan, [])];
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
  };
}

function progressLine({ plan }: LoadTest, window: LoadWindow | undefined): Mrkdwn {
  if (window === undefined) return mrkdwn`⏳ A worker takes it …`;
  const { fromMs, durationMs, asked, answered, p95Ms } = window;
  const left = Math.max(0, sizeOf(plan.stages).durationMs - fromMs - durationMs);
  const perSecond = (count: number) => formatValue((count * 1000) / durationMs, 'per_second');
  const p95 = p95Ms === undefined ? 'nothing answered' : `p95 ${formatValue(p95Ms, 'ms')}`;
  return mrkdwn`⏳ *${perSecond(answered)}* of ${perSecond(asked)} answered · ${p95} · ${formatValue(failedShare(window), 'ratio')} failed · ${formatDuration(left)} left`;
}

import { describe, expect, it } from 'vitest';
import type { Silence } from '../../src/core/alert/silence.ts';
import type { LoadPlan } from '../../src/core/loadtest/load-test.ts';
import { asTyped } from '../../src/core/typed.ts';
import type { MessageContent } from '../../src/engine/ports/message.ts';
import { parseMrkdwn } from '../../src/local-workspace/page/text/parse-mrkdwn.ts';
import {
  renderAlertList,
  renderHelp,
  renderHistory,
  renderPlaybookList,
} from '../../src/slack/answers/render-lists.ts';
import { renderRefusal, renderReply } from '../../src/slack/answers/render-refusal.ts';
import { renderSilences } from '../../src/slack/answers/render-silences.ts';
import { renderOwnerChange } from '../../src/slack/checklist/owner-change.ts';
import { createRenderer } from '../../src/slack/create-renderer.ts';
import { createLoadTestRenderer } from '../../src/slack/loadtest/create-load-test-renderer.ts';
import { renderLoadOffer } from '../../src/slack/loadtest/load-offer.ts';
import { cutMrkdwn, inline, mrkdwn } from '../../src/slack/text/mrkdwn.ts';
import { group, NOW, report } from './support/examples.ts';
import { expectGoodMessage } from './support/message-promises.ts';
import { SIGNS, shown } from './support/only-own-markup.ts';

const renderer = createRenderer({ timezone: 'UTC' });

const HOSTILE: readonly string[] = [
  SIGNS,
  `> ${SIGNS}`,
  `>>> ＞ ${SIGNS}`,
  `- ${SIGNS}`,
  `1. ${SIGNS}`,
  '*',
  '``` *BOLD* ```',
  '***BOLD*** **BOLD** _*BOLD*_ ~_ITALIC_~',
  'a*BOLD*b a_ITALIC_b (*BOLD*) "_ITALIC_" é_ITALIC_ é',
  '*BOLD\u200b* \u200b_ITALIC_\u200b',
  '<!channel> <@U012AB3CD> <https://evil.example|*BOLD*> &lt;!here&gt; @here #general',
  '<!date^0^{_}|*BOLD*> *<b>x</b>*',
  ':fire::fire: :FIRE: :+1: 10:fire:30 shop:fire',
  'select * from `orders` where "user_id" = _ITALIC_ and `CODE`.`x` ~ \'.*\'',
  'http://a.example/*BOLD*/_ITALIC_?x=~STRIKE~',
];

function silence(text: string): Silence {
  return {
    id: text,
    matchers: [{ label: 'service', op: '=', value: text }],
    reason: text,
    createdBy: text,
    channel: text,
    createdAt: NOW,
    endsAt: NOW + 3_600_000,
    endedAt: undefined,
    endedBy: undefined,
    onCard: false,
  };
}

function loadPlan(text: string): LoadPlan {
  return {
    service: text,
    profile: text,
    title: text,
    zone: 'local',
    baseUrl: text,
    paths: [text],
    stages: [{ durationMs: 10_000, ratePerSecond: 5 }],
    stop: { errorRate: 0.05, p95Ms: 1_000, throttledRatio: 0.2 },
  };
}

/** Cards, threads, notes, rounds, App Home and dialogues have their own tests with the same words. */
function messagesWith(text: string): Readonly<Record<string, MessageContent>> {
  const hostile = { ...group, id: text, title: text, service: text, acknowledgedBy: text };
  const run = { id: text, playbook: text, service: text, createdAt: NOW, deadlineAt: NOW, finishedAt: NOW };
  const ended = { ...run, trigger: { kind: 'terminal' as const }, state: 'failed' as const };
  const load = {
    id: text,
    plan: loadPlan(text),
    state: 'running' as const,
    requestedBy: text,
    channel: text,
  };
  const test = { ...load, createdAt: NOW, result: undefined, stop: undefined, finishedAt: undefined };
  return {
    card: renderer.alertCard(
      { group: { ...hostile, service: undefined, labels: { [text]: text } }, now: NOW },
      'k',
    ),
    failed: renderer.alertCard({ group: hostile, now: NOW, failure: text, silence: silence(text) }, 'k'),
    diagnosed: renderer.alertCard(
      { group: hostile, now: NOW, report: { ...report, verdict: text, changed: text } },
      'k',
    ),
    silence: renderer.silence({ silence: silence(text), now: NOW, matching: 1 }, 'k'),
    over: renderer.silence({ silence: { ...silence(text), endedAt: NOW, endedBy: text }, now: NOW }, 'k'),
    silences: renderSilences([silence(text)], { timezone: 'UTC', held: 1 }),
    help: renderHelp([{ word: text, usage: text, purpose: text, example: text }]),
    playbooks: renderPlaybookList([{ name: text, title: text, description: text }]),
    alerts: renderAlertList([hostile], { now: NOW, timezone: 'UTC', silences: [silence(text)], held: 2 }),
    history: renderHistory([{ ...ended, report: undefined, failure: text }], { timezone: 'UTC' }),
    refusal: renderRefusal({
      problem: `I don't know ${asTyped(text)}.`,
      mend: `Did you mean ${asTyped(text)}?`,
    }),
    reply: renderReply(`Acknowledged: ${asTyped(text)}.`),
    owner: renderOwnerChange({ roundId: 'r', title: text, before: text, owner: text, by: text }, 'k'),
    offer: renderLoadOffer(loadPlan(text), { leftOut: [text], broken: text }),
    load: createLoadTestRenderer().progress(test, undefined, 'k'),
    note: renderer.note({ text, by: text, key: 'k' }),
  };
}

describe('text of others', () => {
  it.each(HOSTILE)('is shown as it is in every message: %j', (text) => {
    for (const content of Object.values(messagesWith(text))) expectGoodMessage(content);
  });

  it.each(HOSTILE)('is shown to the letter: %j', (text) => {
    // An invisible sign before it keeps a line from being a quote.
    const line = parseMrkdwn(cutMrkdwn(inline(text), 3_000).mrkdwn, { verbatim: true });
    expect(shown(line).replace(/^\u00ad/, '')).toBe(text);
    const bold = parseMrkdwn(mrkdwn`*${text}*`.mrkdwn, { verbatim: true });
    expect(bold.map(({ kind }) => kind)).toEqual(['bold']);
    expect(shown(bold)).toBe(text);
  });
});

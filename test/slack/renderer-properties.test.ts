import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createRenderer } from '../../src/slack/create-renderer.ts';
import { arbitraryAlertCard, arbitraryRunCard } from './support/arbitrary-card.ts';
import { arbitraryReport } from './support/arbitrary-report.ts';
import { hostileText } from './support/hostile.ts';
import { expectGoodMessage } from './support/message-promises.ts';

const renderer = createRenderer({
  timezone: 'Europe/Vienna',
  links: () => [{ title: 'Prometheus', url: 'http://prometheus.example/graph?g0.expr=up&x=1' }],
  playbooks: () => [{ name: 'high-cpu', title: 'High CPU' }],
});
const classic = createRenderer({ timezone: 'UTC', blockSet: 'classic' });
const runs = { numRuns: 60, interruptAfterTimeLimit: 8_000 };

describe('renderer with hostile data', () => {
  it('keeps every limit in alert cards', () => {
    fc.assert(
      fc.property(arbitraryAlertCard, (card) => expectGoodMessage(renderer.alertCard(card, 'group/g/card'))),
      runs,
    );
  });

  it('keeps every limit in run cards and overviews', () => {
    fc.assert(
      fc.property(arbitraryRunCard, (card) => expectGoodMessage(renderer.runCard(card, 'run/r/card'))),
      runs,
    );
  });

  it('keeps every limit in threads, with unique keys in order', () => {
    fc.assert(
      fc.property(arbitraryReport, fc.boolean(), (report, plain) => {
        const messages = (plain ? classic : renderer).thread(report, {
          threadOf: 'group/g/card',
          channel: 'C1',
          keyPrefix: 'run/r',
          firstPosition: 5,
        });
        for (const { content } of messages) expectGoodMessage(content);
        expect(new Set(messages.map(({ key }) => key)).size).toBe(messages.length);
        expect(messages.map(({ position }) => position)).toEqual(messages.map((_, index) => index + 5));
        expect(messages.length).toBeLessThan(25);
        for (const { attachments = [] } of messages) expect(attachments.length).toBeLessThanOrEqual(4);
      }),
      runs,
    );
  }, 20_000);

  it('keeps every limit in notes', () => {
    fc.assert(
      fc.property(hostileText, hostileText, (text, by) =>
        expectGoodMessage(renderer.note({ text: `Noted ${text}`, key: 'k', groupId: 'g', ...{ by } })),
      ),
      runs,
    );
  });
});

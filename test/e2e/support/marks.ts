import { expect } from 'vitest';
import type { Message } from '../../../src/local-workspace/protocol.ts';
import { markOf } from './workspace-client.ts';

const EVENT_TYPES = ['perfbot_report', 'perfbot_alert', 'perfbot_checklist', 'perfbot_reply'];

/** Expects the marks that the contract promises on every message. */
export function expectMarked(messages: readonly Message[]): void {
  for (const message of messages) {
    expect(EVENT_TYPES, message.text).toContain(message.metadata?.event_type);
    expect(markOf(message, 'part'), message.text).toEqual(expect.any(String));
    expect(markOf(message, 'run_id') ?? markOf(message, 'group_id'), message.text).toEqual(
      expect.any(String),
    );
  }
}

/** Keys of messages that stand more than once. */
export function repeatedKeys(messages: readonly Message[]): readonly string[] {
  const keys = messages.flatMap((message) => markOf(message, 'key') ?? []);
  return keys.filter((key, index) => keys.indexOf(key) !== index);
}

/** Everything that a message says, its blocks too. */
export function allText(messages: readonly Message[]): string {
  return messages.map(({ text, blocks }) => `${text}\n${JSON.stringify(blocks ?? [])}`).join('\n');
}

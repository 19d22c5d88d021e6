import type { Clock } from '../../engine/ports/runtime.ts';
import { newTicket } from './ids.ts';

/** Slack lets a trigger open a view for three seconds, once. */
const VALID_MS = 3_000;
const REMEMBERED_MS = 60_000;

/** What a person did that allows to open a view. */
export interface Trigger {
  readonly user: string;
  /** Set when it came from a view: `views.push` needs it. */
  readonly viewId?: string;
}

export interface Triggers {
  issue(trigger: Trigger): string;
  /** Uses it up, or answers Slack's word for why it cannot be used. */
  redeem(id: string): Trigger | 'invalid_trigger_id' | 'expired_trigger_id' | 'exchanged_trigger_id';
}

export function createTriggers(now: Clock): Triggers {
  const issued = new Map<string, Trigger & { at: number; used: boolean }>();
  return {
    issue(trigger) {
      for (const [id, { at }] of issued) if (now() - at > REMEMBERED_MS) issued.delete(id);
      const id = `${now()}.${newTicket()}`;
      issued.set(id, { ...trigger, at: now(), used: false });
      return id;
    },
    redeem(id) {
      const trigger = issued.get(id);
      if (trigger === undefined) return 'invalid_trigger_id';
      if (trigger.used) return 'exchanged_trigger_id';
      if (now() - trigger.at > VALID_MS) return 'expired_trigger_id';
      trigger.used = true;
      return trigger;
    },
  };
}

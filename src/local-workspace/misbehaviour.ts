import { z } from 'zod';

/**
 * What the workspace shall do wrong. `method` is a method of the Web API, `upload`, `response_url`, or what is
 * delivered (`slash_commands`, `block_actions`, `view_submission`, `view_closed`, `app_mention`, `message`); `*` is any.
 */
export const MisbehaviourRule = z.object({
  method: z.string().min(1).default('*'),
  kind: z.enum([
    'rate_limited',
    'server_error',
    'lost_answer',
    'slow',
    'file_not_ready',
    'duplicate_delivery',
  ]),
  times: z.number().int().positive().default(1),
  retryAfterSeconds: z.number().nonnegative().default(1),
  /** For `slow` and `file_not_ready`. */
  delayMs: z.number().int().nonnegative().max(600_000).default(2_000),
});
export type MisbehaviourRule = z.infer<typeof MisbehaviourRule>;
/** A rule as callers write it: what is left out has its default. */
export type MisbehaviourOrder = z.input<typeof MisbehaviourRule>;
type MisbehaviourKind = MisbehaviourRule['kind'];

export interface Misbehaviour {
  give(order: MisbehaviourOrder): void;
  /** Uses up one turn of a rule of these kinds for the method. */
  take(method: string, ...kinds: readonly MisbehaviourKind[]): MisbehaviourRule | undefined;
}

/** Keeps the rules, oldest first; without any the workspace behaves. */
export function createMisbehaviour(): Misbehaviour {
  const rules: { rule: MisbehaviourRule; left: number }[] = [];
  return {
    give(order) {
      const rule = MisbehaviourRule.parse(order);
      rules.push({ rule, left: rule.times });
    },
    take(method, ...kinds) {
      const index = rules.findIndex(
        ({ rule }) => kinds.includes(rule.kind) && (rule.method === method || rule.method === '*'),
      );
      const entry = rules[index];
      if (entry === undefined) return undefined;
      entry.left -= 1;
      if (entry.left === 0) rules.splice(index, 1);
      return entry.rule;
    },
  };
}

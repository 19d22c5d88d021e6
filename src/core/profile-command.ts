import { parseDuration } from './quantity.ts';
import { asTyped } from './typed.ts';

/** What a profile tells: who takes the CPU, or who allocates memory that stays. */
const PROFILE_KINDS = ['cpu', 'heap'] as const;
export type ProfileKind = (typeof PROFILE_KINDS)[number];

/** The profiler slows a process down, if only a little: nobody needs it for longer. */
const LEAST_WINDOW_MS = 1000;
const MOST_WINDOW_MS = 10_000;

export interface ProfileCommand {
  readonly kind: 'profile';
  readonly service: string;
  readonly profile: ProfileKind;
  /** How long the process is watched; undefined: as long as the playbook says. */
  readonly windowMs: number | undefined;
}

/** Understands `<service> cpu|heap [10s]`. Pure. */
export function profileCommand(
  [service = '', kind, window]: readonly string[],
  nearest: (word: string, candidates: readonly string[]) => string | undefined,
): ProfileCommand | { readonly problem: string; readonly mend: string } {
  const mend = 'For example: `/perf profile shop-api cpu 10s`';
  if (kind === undefined) return { problem: 'Which profile? There are `cpu` and `heap`.', mend };
  const profile = PROFILE_KINDS.find((known) => known === kind.toLowerCase());
  if (profile === undefined) {
    const meant = nearest(kind.toLowerCase(), PROFILE_KINDS);
    const hint = meant === undefined ? 'There are `cpu` and `heap`.' : `Did you mean ${asTyped(meant)}?`;
    return { problem: `I don't know the profile ${asTyped(kind)}. ${hint}`, mend };
  }
  if (window === undefined) return { kind: 'profile', service, profile, windowMs: undefined };
  const windowMs = parseDuration(window.toLowerCase());
  if (windowMs === undefined) return { problem: `${asTyped(window)} is not a duration.`, mend };
  if (windowMs >= LEAST_WINDOW_MS && windowMs <= MOST_WINDOW_MS)
    return { kind: 'profile', service, profile, windowMs };
  return { problem: `A profile takes 1 s to 10 s, not ${asTyped(window)}.`, mend };
}

import type { Cause, Verdict } from './cause.ts';

/** A verdict that names a cause; `against` may be left out. */
export function causeVerdict(
  cause: Omit<Cause, 'against'> & { readonly against?: Cause['against'] },
): Verdict {
  return { kind: 'cause', cause: { against: [], ...cause } };
}

/** A verdict that a cause was looked for and is not there, with the measured reason. */
export function ruledOutVerdict(id: string, reason: string): Verdict {
  return { kind: 'ruled_out', ruledOut: { id, reason } };
}

/** A verdict that numbers are missing, with what is missing. */
export function undecidedVerdict(id: string, reason: string): Verdict {
  return { kind: 'undecided', id, reason };
}

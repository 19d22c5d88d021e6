import type { Problem } from '../../core/errors.ts';
import type { LoadProfile } from '../../core/loadtest/load-profile.ts';

/** The load profiles there are. */
export interface LoadProfiles {
  names(): readonly string[];
  get(name: string): LoadProfile | undefined;
  /** What is wrong with the files right now; what they said before stays in force. */
  problems(): readonly Problem[];
}

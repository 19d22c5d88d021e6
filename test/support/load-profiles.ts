import type { LoadProfile } from '../../src/core/loadtest/load-profile.ts';
import type { LoadProfiles } from '../../src/engine/ports/load-profiles.ts';

/** Load profiles that never change. */
export function loadProfilesOf(...profiles: readonly LoadProfile[]): LoadProfiles {
  return {
    names: () => profiles.map(({ name }) => name),
    get: (name) => profiles.find((profile) => profile.name === name),
    problems: () => [],
  };
}

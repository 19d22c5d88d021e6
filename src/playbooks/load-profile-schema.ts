import { z } from 'zod';
import { LoadProfileFile } from '../core/loadtest/load-profile.ts';

/** JSON Schema of a load profile, for editors: from the same schema that loads the file. */
export function loadProfileJsonSchema(): Readonly<Record<string, unknown>> {
  const schema = z.toJSONSchema(LoadProfileFile, { io: 'input', target: 'draft-07', unrepresentable: 'any' });
  return { title: 'perfbot load profile', ...schema };
}

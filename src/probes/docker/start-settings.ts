import { createHash } from 'node:crypto';
import { z } from 'zod';
import { heapCapIn, heapCapInOptions } from '../../core/node/heap-cap.ts';

const NODE_OPTIONS = 'NODE_OPTIONS=';

/** The environment holds secrets: what is kept of it is whether it is another one than before, and one number. */
export const Environment = z
  .array(z.string())
  .nullish()
  .transform((variables) => ({
    fingerprint: createHash('sha256')
      .update(JSON.stringify((variables ?? []).toSorted()))
      .digest('hex')
      .slice(0, 12),
    heapCap: heapCapInOptions(
      variables?.findLast((variable) => variable.startsWith(NODE_OPTIONS))?.slice(NODE_OPTIONS.length) ?? '',
    ),
  }));

/** Arguments of the main process may hold secrets as well. */
export const CommandLine = z
  .array(z.string())
  .nullish()
  .transform((words) => ({ heapCap: heapCapIn((words ?? []).flatMap((word) => word.split(/\s+/))) }));

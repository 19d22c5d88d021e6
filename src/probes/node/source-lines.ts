import { z } from 'zod';
import type { CdpSession } from './cdp-session.ts';
import { guarded } from './runtime-expressions.ts';

const MOST_FILE_BYTES = 2 * 1024 * 1024;
/** A longer line was made by a bundler and says nothing. */
const MOST_LINE = 400;
const SHOWN = 160;
/** A program may give its functions any file name: only what is a script by its name is read. */
const SCRIPT = /\.[cm]?[jt]sx?$/;

export interface SourceLine {
  readonly file: string;
  /** From 1. */
  readonly line: number;
}

const Lines = z.object({ lines: z.array(z.string().nullable()) });

/** Reads single lines of the program's scripts; undefined where a line is not there or was not written by people. */
export async function readSourceLines(
  session: Pick<CdpSession, 'evaluate'>,
  wanted: readonly SourceLine[],
): Promise<readonly (string | undefined)[]> {
  const scripts = wanted.map(({ file, line }) => (SCRIPT.test(file) ? [file, line] : null));
  const { lines } = await session.evaluate(
    guarded(`
      const fs = require('fs');
      const lines = ${JSON.stringify(scripts)}.map((one) => {
        try {
          const stat = one && fs.statSync(one[0]);
          if (!stat || !stat.isFile() || stat.size > ${MOST_FILE_BYTES}) return null;
          const line = fs.readFileSync(one[0], 'utf8').split('\\n')[one[1] - 1];
          return line === undefined || line.length > ${MOST_LINE} ? null : line.trim().slice(0, ${SHOWN});
        } catch (error) { return null; }
      });
      return JSON.stringify({ lines });`),
    Lines,
  );
  return wanted.map((_, index) => lines[index] ?? undefined);
}

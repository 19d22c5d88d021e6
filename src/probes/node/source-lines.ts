import { z } from 'zod';
import type { CdpSession } from './cdp-session.ts';
import { guarded } from './runtime-expressions.ts';

const MOST_FILE_BYTES = 2 * 1024 * 1024;
/** A longer line was made by a bundler and says nothing. */
const MOST_LINE = 400;
const SHOWN = 160;
/** A program may give its functions any file name: only what is a script by its name is read. */
const SCRIPT = /\.[cm]?[jt]sx?$/;

/**
 * Whether a function has ended before the last of these lines, of which the first is its own: by the bracket that closes
 * it, as far left as it began or further. What people have not laid out in this way is taken to go on.
 */
const HAS_ENDED = `(text) => {
  if (text.length < 2) return false;
  const indent = (line) => line.length - line.trimStart().length;
  const count = (line, brackets) => line.split('').filter((sign) => brackets.includes(sign)).length;
  const [first, ...rest] = text;
  const isWhole = count(first, '([{') > 0 && count(first, '([{') === count(first, ')]}');
  if (isWhole && /[;,}]\\s*$/.test(first)) return true;
  return rest.slice(0, -1).some((line) =>
    /^\\s*[}\\])]/.test(line) && !/(?:[{([]|=>)\\s*$/.test(line) && indent(line) <= indent(first));
}`;

export interface SourceLine {
  readonly file: string;
  /** From 1. */
  readonly line: number;
  /** Where the function begins that the line is to be in; undefined: no matter which. */
  readonly start?: number;
}

export interface WrittenLine {
  /** Undefined where the line is not there, was not written by people, or is not in the function. */
  readonly code: string | undefined;
  /** The function does not reach to this line: it is one of another function, perhaps of another file. */
  readonly isElsewhere: boolean;
}

const Lines = z.object({ lines: z.array(z.string().nullable()), ended: z.array(z.boolean()) });

/** Reads single lines of the program's scripts. */
export async function readSourceLines(
  session: Pick<CdpSession, 'evaluate'>,
  wanted: readonly SourceLine[],
): Promise<readonly WrittenLine[]> {
  const scripts = wanted.map(({ file, line, start }) =>
    SCRIPT.test(file) ? [file, line, start ?? line] : null,
  );
  const { lines, ended } = await session.evaluate(
    guarded(`
      const fs = require('fs');
      const hasEnded = ${HAS_ENDED};
      const ended = [];
      const lines = ${JSON.stringify(scripts)}.map((one, index) => {
        ended[index] = false;
        try {
          const stat = one && fs.statSync(one[0]);
          if (!stat || !stat.isFile() || stat.size > ${MOST_FILE_BYTES}) return null;
          const text = fs.readFileSync(one[0], 'utf8').split('\\n');
          const line = text[one[1] - 1];
          ended[index] = hasEnded(text.slice(one[2] - 1, one[1]));
          return line === undefined || line.length > ${MOST_LINE} ? null : line.trim().slice(0, ${SHOWN});
        } catch (error) { return null; }
      });
      return JSON.stringify({ lines, ended });`),
    Lines,
  );
  return wanted.map(({ line, start = line }, index) => {
    const isElsewhere = line < start || ended[index] === true;
    return { code: isElsewhere ? undefined : (lines[index] ?? undefined), isElsewhere };
  });
}

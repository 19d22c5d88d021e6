import { COMMAND_WORDS } from '../../../core/command-words.ts';
import type { SlashCommand } from '../../protocol.ts';

/** Something that can be typed: `/perf status [service]`, and what it does. */
export interface CommandHint {
  /** What choosing it types. */
  readonly insert: string;
  readonly usage: string;
  readonly purpose: string;
}

/** What can follow what is typed so far; nothing unless it begins with a slash and stands on one line. */
export function hintsFor(typed: string, commands: readonly SlashCommand[]): readonly CommandHint[] {
  if (!typed.startsWith('/') || typed.includes('\n')) return [];
  const [name = '', word, ...rest] = typed.toLowerCase().split(/\s+/);
  return commands.flatMap(({ command }) => {
    if (!command.startsWith(name) || (word !== undefined && command !== name)) return [];
    return COMMAND_WORDS.filter((known) =>
      rest.length > 0 ? known.word === word : known.word.startsWith(word ?? ''),
    ).map(({ word: insert, usage, purpose }) => ({
      insert: `${command} ${insert}${usage === insert ? '' : ' '}`,
      usage: `${command} ${usage}`,
      purpose,
    }));
  });
}

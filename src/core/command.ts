import type { Matcher } from './alert/matcher.ts';
import { parseSilence } from './alert/parse-silence.ts';
import { COMMAND_WORDS, type CommandWord } from './command-words.ts';
import { type ProfileCommand, profileCommand } from './profile-command.ts';
import { plainText, splitWords } from './split-words.ts';
import { asTyped } from './typed.ts';

/** `now` posts a round in any case, `edit` opens the dialogue with the schedules; the others are about the schedule. */
const CHECKLIST_MODES = ['now', 'pause', 'resume', 'skip', 'edit'] as const;
export type ChecklistMode = (typeof CHECKLIST_MODES)[number];

/** Periods that trends are told of. */
const TREND_DAYS = [7, 30] as const;
export type TrendDays = (typeof TREND_DAYS)[number];

/** What somebody typed behind the slash command, understood. */
export type Command =
  | { readonly kind: 'status'; readonly service: string | undefined }
  | { readonly kind: 'run'; readonly playbook: string; readonly service: string | undefined }
  | { readonly kind: 'diagnose'; readonly service: string | undefined }
  | { readonly kind: 'playbooks' }
  | { readonly kind: 'alerts' }
  | { readonly kind: 'ack'; readonly id: string }
  | {
      readonly kind: 'silence';
      readonly matchers: readonly Matcher[];
      readonly durationMs: number;
      readonly reason: string;
    }
  | { readonly kind: 'silences' }
  | { readonly kind: 'history'; readonly service: string | undefined }
  | { readonly kind: 'show'; readonly run: string }
  | {
      readonly kind: 'checklist';
      readonly checklist: string | undefined;
      readonly mode: ChecklistMode | undefined;
    }
  /** `update`: compute the usual values again. */
  | { readonly kind: 'baseline'; readonly service: string | undefined; readonly update: boolean }
  | { readonly kind: 'trends'; readonly days: TrendDays; readonly service: string | undefined }
  | { readonly kind: 'weekly_report'; readonly service: string | undefined }
  | ProfileCommand
  | { readonly kind: 'loadtest'; readonly service: string; readonly profile: string | undefined }
  | { readonly kind: 'help' };

/** What is wrong with it, and the one line that mends it. */
export interface Refusal {
  readonly kind: 'refusal';
  readonly problem: string;
  readonly mend: string;
}

/** Finds the candidate that somebody may have meant, or undefined when none is near. */
export type Nearest = (word: string, candidates: readonly string[]) => string | undefined;

/** Understands the text behind `/perf`. Nothing typed means `help`. Pure. */
export function parseCommand(text: string, nearest: Nearest): Command | Refusal {
  const [first, ...args] = splitWords(text);
  if (first === undefined) return { kind: 'help' };
  const name = first.toLowerCase().replace(/^\/+/, '');
  const known = COMMAND_WORDS.find((candidate) => candidate.word === name);
  if (known === undefined) return unknownWord(first, nearest);
  if (name === 'silence') return silenceCommand(plainText(text).trim().slice(first.length));
  const most = known.usage.split(' ').length - 1;
  const least = known.usage.split('<').length - 1;
  if (args.length < least)
    return refusal(`${asTyped(name)} needs more: \`${known.usage}\`.`, exampleOf(known));
  if (args.length > most) {
    return refusal(
      `I don't understand ${asTyped(args[most] ?? '')} behind ${asTyped(name)}.`,
      exampleOf(known),
    );
  }
  return toCommand(name, args, nearest);
}

function toCommand(name: string, args: readonly string[], nearest: Nearest): Command | Refusal {
  const [first, second] = args;
  switch (name) {
    case 'status':
      return { kind: 'status', service: first };
    case 'run':
      return { kind: 'run', playbook: first ?? '', service: second };
    case 'diagnose':
      return { kind: 'diagnose', service: first };
    case 'playbooks':
      return { kind: 'playbooks' };
    case 'alerts':
      return { kind: 'alerts' };
    case 'ack':
      return { kind: 'ack', id: first ?? '' };
    case 'history':
      return { kind: 'history', service: first };
    case 'show':
      return { kind: 'show', run: first ?? '' };
    case 'baseline':
      return first?.toLowerCase() === 'update'
        ? { kind: 'baseline', service: undefined, update: true }
        : { kind: 'baseline', service: first, update: false };
    case 'trends':
      return trendsCommand(first, second);
    case 'profile': {
      const command = profileCommand(args, nearest);
      return 'kind' in command ? command : refusal(command.problem, command.mend);
    }
    case 'loadtest':
      return { kind: 'loadtest', service: first ?? '', profile: second };
    case 'checklist':
      return checklistCommand(first, second);
    default:
      return { kind: 'help' };
  }
}

/** Conditions have quotes and commas of their own, and the reason may have any number of words. */
function silenceCommand(typed: string): Command | Refusal {
  if (typed.trim() === '') return { kind: 'silences' };
  const request = parseSilence(typed);
  return 'problem' in request ? refusal(request.problem, request.mend) : { kind: 'silence', ...request };
}

/** The period may be left out or stand behind the service. */
function trendsCommand(first: string | undefined, second: string | undefined): Command | Refusal {
  const typed = [first, second].filter((word) => word !== undefined);
  const periods = typed.filter((word) => /^(\d+d|week)$/i.test(word));
  const [service, surplus] = typed.filter((word) => !periods.includes(word));
  const days = TREND_DAYS.find((known) => `${known}d` === (periods[0]?.toLowerCase() ?? '7d'));
  if (periods.length < 2 && surplus === undefined) {
    if (periods[0]?.toLowerCase() === 'week') return { kind: 'weekly_report', service };
    if (days !== undefined) return { kind: 'trends', days, service };
  }
  return refusal(
    `I don't understand ${asTyped(typed.join(' '))} behind \`trends\`.`,
    'For example: `/perf trends 30d shop-api`; the period is 7d, 30d or week',
  );
}

function checklistCommand(checklist: string | undefined, typed: string | undefined): Command | Refusal {
  const mode = CHECKLIST_MODES.find((known) => known === typed?.toLowerCase());
  if (checklist?.toLowerCase() === 'edit' && typed === undefined)
    return { kind: 'checklist', checklist: undefined, mode: 'edit' };
  if (typed === undefined || mode !== undefined) return { kind: 'checklist', checklist, mode };
  return refusal(
    `I don't understand ${asTyped(typed)} behind \`checklist\`.`,
    'For example: `/perf checklist daily now`',
  );
}

function unknownWord(typed: string, nearest: Nearest): Refusal {
  const meant = nearest(
    typed.toLowerCase(),
    COMMAND_WORDS.map(({ word: candidate }) => candidate),
  );
  const known = COMMAND_WORDS.find((candidate) => candidate.word === meant);
  const problem = `I don't know the word ${asTyped(typed)}.`;
  return known === undefined
    ? refusal(problem, '`/perf help` lists what I can do, for example `/perf status`.')
    : refusal(`${problem} Did you mean ${asTyped(known.word)}?`, exampleOf(known));
}

function exampleOf({ example }: CommandWord): string {
  return `For example: \`/perf ${example}\``;
}

function refusal(problem: string, mend: string): Refusal {
  return { kind: 'refusal', problem, mend };
}

/** A word of the slash command. */
export interface CommandWord {
  readonly word: string;
  /** What may stand behind it: `run <playbook> [service]`. */
  readonly usage: string;
  /** What it does, in a few words. */
  readonly purpose: string;
  readonly example: string;
}

const word = (usage: string, purpose: string, example: string): CommandWord => ({
  word: usage.split(' ', 1)[0] ?? usage,
  usage,
  purpose,
  example,
});

/** All words of the contract's "Slash command", in the order of the help. */
export const COMMAND_WORDS: readonly CommandWord[] = [
  word('status [service]', 'how every service is doing, or one of them', 'status shop-api'),
  word('run <playbook> [service]', 'look for the cause with a playbook', 'run high-cpu shop-api'),
  word('diagnose [service]', 'tick what you notice; one run looks into all of it', 'diagnose shop-api'),
  word('playbooks', 'the playbooks and when to use them', 'playbooks'),
  word('alerts', 'what is firing', 'alerts'),
  word('ack <id>', 'take care of an alert', 'ack 4f2a'),
  word(
    'silence <matcher> <duration> [reason]',
    'hold alerts back for a while; alone: what is silenced',
    'silence service=shop-api 1h deploy',
  ),
  word('history [service]', 'the last runs', 'history shop-api'),
  word('show <run>', 'the report of a run again', 'show 9c01'),
  word('baseline [service|update]', 'what is usual, and what is far from it now', 'baseline shop-api'),
  word(
    'trends [7d|30d|week] [service]',
    'where the numbers are going, the biggest changes first; week: the weekly report',
    'trends 7d',
  ),
  word(
    'checklist [daily|weekly|monthly] [now|pause|resume|skip|edit]',
    'the recurring checks, with the work already done',
    'checklist daily',
  ),
  word(
    'profile <service> cpu|heap [10s]',
    'which functions of a Node process take the CPU, or keep memory',
    'profile shop-api cpu 10s',
  ),
  word(
    'loadtest <service> [profile]',
    'put a service under load, after a question',
    'loadtest shop-api light',
  ),
  word('help', 'this list', 'help'),
];

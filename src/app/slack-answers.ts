import { problemLine } from '../core/errors.ts';
import type { Service } from '../core/inventory/service.ts';
import type { Playbook } from '../core/playbook/playbook.ts';
import { asTyped, withoutMarks } from '../core/typed.ts';
import type { AcknowledgeResult } from '../engine/commands/acknowledge.ts';
import { lookUpServices } from '../engine/look-up-services.ts';
import { nearestWord } from '../engine/nearest-word.ts';
import type { Inventory } from '../engine/ports/inventory.ts';
import type { MessageContent } from '../engine/ports/message.ts';
import type { Playbooks } from '../engine/ports/playbooks.ts';
import { renderRefusal, renderReply } from '../slack/answers/render-refusal.ts';
import type { CommandAnswer } from '../slack/receiver/handlers.ts';

/** Nothing to say: the answer is a message in the channel. */
export const SILENT: CommandAnswer = { kind: 'silent' };

/** An answer that only the person who asked sees. */
export function ephemeral(message: MessageContent): CommandAnswer {
  return { kind: 'ephemeral', message };
}

/** What is wrong with a request, and the line that mends it. */
export function refuse(problem: string, mend: string): CommandAnswer {
  return ephemeral(renderRefusal({ problem, mend }));
}

/** The service under its proper name, or what is wrong with the name. */
export async function checkService(
  inventory: Inventory,
  typed: string | undefined,
): Promise<{ readonly name: string | undefined } | { readonly refusal: CommandAnswer }> {
  if (typed === undefined) return { name: undefined };
  const known = await findService(inventory, typed);
  return 'refusal' in known ? known : { name: known.service.name };
}

/** The service that a name or an alias means, or the refusal that names the nearest one. */
export async function findService(
  inventory: Inventory,
  typed: string,
): Promise<{ readonly service: Service } | { readonly refusal: CommandAnswer }> {
  const wanted = typed.toLowerCase();
  const find = (services: readonly Service[]) =>
    services.find(({ name, aliases }) => [name, ...aliases].some((alias) => alias.toLowerCase() === wanted));
  const services = await lookUpServices(inventory, (known) => find(known) !== undefined);
  const found = find(services);
  if (found) return { service: found };
  const meant = nearestWord(
    typed,
    services.map(({ name }) => name),
  );
  return {
    refusal: refuse(
      `I don't know the service ${asTyped(typed)}.${meant === undefined ? '' : ` Did you mean ${asTyped(meant)}?`}`,
      `\`/perf status\` lists all.${brokenInventory(inventory)}`,
    ),
  };
}

/** Somebody may have just written the service into a file that cannot be read. */
function brokenInventory({ problems }: Inventory): string {
  const [first] = problems?.() ?? [];
  return first === undefined
    ? ''
    : ` The inventory is broken and its last good version counts: ${withoutMarks(problemLine(first))}`;
}

/** The playbook of a name, or the refusal that names the nearest one. */
export function findPlaybook(playbooks: Playbooks, name: string): Playbook | CommandAnswer {
  const found = playbooks.get(name) ?? playbooks.get(name.toLowerCase());
  if (found) return found;
  const meant = nearestWord(
    name,
    playbooks.all().map((playbook) => playbook.name),
  );
  return refuse(
    `I don't know the playbook ${asTyped(name)}.${meant === undefined ? '' : ` Did you mean ${asTyped(meant)}?`}`,
    '`/perf playbooks` lists all.',
  );
}

/** How an acknowledgement ended, in words; the card itself says it to everybody else. */
export function acknowledged(result: AcknowledgeResult, typed: boolean): CommandAnswer {
  switch (result.kind) {
    case 'acknowledged':
      return typed ? ephemeral(renderReply(`Acknowledged: ${withoutMarks(result.group.title)}.`)) : SILENT;
    case 'already':
      return ephemeral(renderReply('Somebody has acknowledged it already; the message says who.'));
    case 'unknown':
      return refuse('This alert is not known any more.', '`/perf alerts` lists what is firing.');
  }
}

import { stableId } from '../core/alert/fingerprint.ts';
import type { Role, Service } from '../core/inventory/service.ts';
import type { ContainerTarget, NodeTarget } from '../core/inventory/target.ts';
import type { ProfileCommand, ProfileKind } from '../core/profile-command.ts';
import { asTyped } from '../core/typed.ts';
import type { CommandAnswer, CommandRequest } from '../slack/receiver/handlers.ts';
import { findPlaybook, findService, refuse, SILENT } from './slack-answers.ts';
import type { SlackHandlersOptions } from './slack-handlers-options.ts';

/** The playbook that takes a profile, and its probe. */
const PROFILES: Readonly<Record<ProfileKind, { readonly playbook: string; readonly probe: string }>> = {
  cpu: { playbook: 'cpu-profile', probe: 'node.cpu_profile' },
  heap: { playbook: 'heap-profile', probe: 'node.heap_profile' },
};

/** What certainly is no Node program. */
const OTHER_PROGRAMS: readonly Role[] = ['postgres', 'redis', 'nginx', 'host', 'prometheus', 'perfbot'];

/** `/perf profile`: a run of the playbook that takes the profile, for as long as somebody asks. */
export async function startProfile(
  options: Pick<SlackHandlersOptions, 'inventory' | 'playbooks' | 'requestRun'>,
  { service: typed, profile, windowMs }: ProfileCommand,
  { userId, channelId: channel, triggerId }: CommandRequest,
): Promise<CommandAnswer> {
  const known = await findService(options.inventory, typed);
  if ('refusal' in known) return known.refusal;
  const { service } = known;
  const refusal = refusalFor(service, await options.inventory.services());
  if (refusal) return refuse(refusal.problem, refusal.mend);
  const { playbook: name, probe } = PROFILES[profile];
  const playbook = findPlaybook(options.playbooks, name);
  if ('kind' in playbook) return playbook;
  const params = windowMs === undefined ? undefined : { [probe]: { window: windowMs } };
  await options.requestRun({
    playbook,
    service: service.name,
    trigger: { kind: 'command', userId, channel, ...(params && { params }) },
    id: stableId('command', triggerId),
  });
  return SILENT;
}

/** Why nobody may look into the service, and what to write into services.yaml; undefined when it is allowed. */
function refusalFor(
  service: Service,
  services: readonly Service[],
): { readonly problem: string; readonly mend: string } | undefined {
  const node = nodeOf(service);
  if (node?.inspect) return undefined;
  const lines = linesFor(service);
  if (node !== undefined) {
    return {
      problem: `services.yaml does not allow me to look into the Node process of ${asTyped(service.name)}.`,
      mend: `To allow it, ${lines}`,
    };
  }
  return {
    problem: `I know of no Node process in ${asTyped(service.name)}.`,
    mend: OTHER_PROGRAMS.includes(service.role) ? othersOf(services) : `If there is one, ${lines}`,
  };
}

function linesFor({ name, targets }: Service): string {
  const target = targets.find(({ kind }) => kind === 'container') as ContainerTarget | undefined;
  return `in services.yaml ${asTyped(name)} needs ${asTyped(`container: ${containerWords(target)}`, 200)} and \`node: { inspect: true }\`.`;
}

/** As YAML reads it. */
function containerWords(target: ContainerTarget | undefined): string {
  if (target === undefined) return 'NAME';
  const { container } = target;
  return 'name' in container
    ? quoted(container.name)
    : `{ ${quoted(container.label)}: ${quoted(container.value)} }`;
}

function quoted(text: string): string {
  return /^[A-Za-z][\w.-]*$/.test(text) ? text : JSON.stringify(text);
}

function othersOf(services: readonly Service[]): string {
  const names = services.filter((service) => nodeOf(service) !== undefined).map(({ name }) => asTyped(name));
  return names.length === 0
    ? '`/perf status` lists the services; none of them runs Node.'
    : `These run Node: ${names.slice(0, 5).join(', ')}.`;
}

function nodeOf({ targets }: Service): NodeTarget | undefined {
  return targets.find((target): target is NodeTarget => target.kind === 'node');
}

import { basename } from 'node:path';
import { stableId } from '../core/alert/fingerprint.ts';
import { type Problem, problemLine } from '../core/errors.ts';
import type { LoadPlan } from '../core/loadtest/load-test.ts';
import { planLoad } from '../core/loadtest/plan-load.ts';
import { asTyped, withoutMarks } from '../core/typed.ts';
import { type StartLoadTestOptions, startLoadTest } from '../engine/loadtest/start-load-test.ts';
import { nearestWord } from '../engine/nearest-word.ts';
import type { Inventory } from '../engine/ports/inventory.ts';
import type { LoadProfiles } from '../engine/ports/load-profiles.ts';
import { renderReply } from '../slack/answers/render-refusal.ts';
import { ACTIONS, parseActionValue } from '../slack/blocks/action-value.ts';
import { renderLoadOffer } from '../slack/loadtest/load-offer.ts';
import type { ActionRequest, CommandAnswer } from '../slack/receiver/handlers.ts';
import { ephemeral, findService, refuse, SILENT } from './slack-answers.ts';

const PLAYBOOK = /^loadtest-(.+)$/;

export interface LoadTestHandlersOptions extends StartLoadTestOptions {
  readonly inventory: Inventory;
  readonly loadProfiles: LoadProfiles;
}

export interface LoadTestHandlers {
  onCommand(command: {
    readonly service: string;
    readonly profile: string | undefined;
  }): Promise<CommandAnswer>;
  /** Undefined: not a press that is about load tests. */
  onAction(request: ActionRequest): Promise<CommandAnswer | undefined>;
}

/** `/perf loadtest`, and the buttons that begin and end a load test. */
export function createLoadTestHandlers(options: LoadTestHandlersOptions): LoadTestHandlers {
  const start = startLoadTest(options);
  const offer = async (service: string, profile: string): Promise<CommandAnswer> => {
    const known = await prepare(options, service, profile);
    if (!('plan' in known)) return known;
    const broken = problemOf(options.loadProfiles, profile);
    return ephemeral(
      renderLoadOffer(known.plan, { leftOut: known.leftOut, broken: broken && problemLine(broken) }),
    );
  };
  const press = async (service: string, profile: string, request: ActionRequest): Promise<CommandAnswer> => {
    // Between the offer and the press the inventory may have changed.
    const known = await prepare(options, service, profile);
    if (!('plan' in known)) return known;
    const { userId, channelId: channel } = request;
    const id = stableId('loadtest', request.triggerId);
    const { other } = await start({ id, plan: known.plan, userId, channel });
    return other === undefined ? SILENT : underLoad(known.plan);
  };
  return {
    onCommand: ({ service, profile }) => offer(service, profile ?? firstOf(options.loadProfiles)),
    async onAction(request) {
      const { actionId, userId } = request;
      const { service = '', playbook = '', runId } = parseActionValue(request.selected ?? request.value);
      switch (actionId) {
        case ACTIONS.loadOffer:
          return offer(service, playbook);
        case ACTIONS.loadStart:
          return press(service, playbook, request);
        case ACTIONS.loadStop: {
          const stopped = await options.database.loadTests.askToStop(runId ?? '', userId);
          return stopped ? SILENT : ephemeral(renderReply('That load test is over.'));
        }
        case ACTIONS.runAgain: {
          const profile = PLAYBOOK.exec(playbook)?.[1];
          return profile === undefined ? undefined : offer(service, profile);
        }
        default:
          return undefined;
      }
    },
  };
}

async function prepare(
  { inventory, loadProfiles }: LoadTestHandlersOptions,
  typed: string,
  profileName: string,
): Promise<{ readonly plan: LoadPlan; readonly leftOut: readonly string[] } | CommandAnswer> {
  const known = await findService(inventory, typed);
  if ('refusal' in known) return known.refusal;
  const profile = loadProfiles.get(profileName.toLowerCase());
  if (profile === undefined) return unknownProfile(profileName, loadProfiles);
  const plan = planLoad(known.service, profile);
  return 'problem' in plan ? refuse(plan.problem, plan.mend) : { plan, leftOut: profile.leftOut };
}

function unknownProfile(typed: string, profiles: LoadProfiles): CommandAnswer {
  const names = profiles.names();
  const broken = problemOf(profiles, typed);
  const meant = nearestWord(typed, names);
  const guess = meant === undefined ? '' : ` Did you mean ${asTyped(meant)}?`;
  if (broken !== undefined)
    return refuse(
      `The load profile ${asTyped(typed)} cannot be used.`,
      `Mend it: ${withoutMarks(problemLine(broken))}`,
    );
  return refuse(
    `I don't know the load profile ${asTyped(typed)}.${guess}`,
    names.length === 0
      ? 'There is none: put one into `loadtests/` below a folder of playbooks.'
      : `There are: ${names.map((name) => asTyped(name)).join(', ')}.`,
  );
}

/** What is wrong with the file of a profile right now. */
function problemOf(profiles: LoadProfiles, name: string): Problem | undefined {
  return profiles
    .problems()
    .find(({ file = '' }) => basename(file).replace(/\.ya?ml$/, '') === name.toLowerCase());
}

function underLoad({ service }: LoadPlan): CommandAnswer {
  return ephemeral(
    renderReply(`${asTyped(service)} is under load already. Two tests at once would measure each other.`),
  );
}

/** What is meant when no profile is named. */
function firstOf(profiles: LoadProfiles): string {
  return profiles.get('light') === undefined ? (profiles.names()[0] ?? 'light') : 'light';
}

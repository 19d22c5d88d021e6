import { z } from 'zod';
import { stableId } from '../core/alert/fingerprint.ts';
import { combinePlaybooks, playbooksForSymptoms } from '../core/playbook/combine.ts';
import { SYMPTOM_WORDS, SYMPTOMS, type Symptom } from '../core/playbook/symptom.ts';
import type { RequestRun } from '../engine/commands/request-run.ts';
import { withDeadline } from '../engine/deadline.ts';
import type { Inventory } from '../engine/ports/inventory.ts';
import type { Playbooks } from '../engine/ports/playbooks.ts';
import { DIAGNOSE_MODAL, diagnoseModal } from '../slack/diagnose/diagnose-modal.ts';
import type { ActionAnswer, CommandRequest, ViewRequest } from '../slack/receiver/handlers.ts';
import { checkService } from './slack-answers.ts';

/** Slack waits three seconds for a dialogue and for its answer; a Docker engine that hangs must not cost them. */
const SERVICES_WITHIN_MS = 1000;

const Metadata = z.object({ channel: z.string().min(1) });

export interface DiagnoseHandlersOptions {
  readonly playbooks: Playbooks;
  readonly inventory: Inventory;
  readonly requestRun: RequestRun;
}

type FieldErrors = Readonly<Record<string, string>>;

export interface DiagnoseHandlers {
  onCommand(
    command: { readonly service: string | undefined },
    request: Pick<CommandRequest, 'channelId'>,
  ): Promise<ActionAnswer>;
  /** What is wrong with the fields, or undefined when the run has begun. */
  onView(request: ViewRequest): Promise<FieldErrors | undefined>;
}

/** `/perf diagnose`: people tick what they notice, and one run looks into all of it. */
export function createDiagnoseHandlers(options: DiagnoseHandlersOptions): DiagnoseHandlers {
  const { playbooks, inventory, requestRun } = options;
  return {
    async onCommand({ service }, { channelId: channel }) {
      const covered = SYMPTOMS.filter(
        (symptom) => playbooksForSymptoms(playbooks.all(), [symptom]).length > 0,
      );
      const [known, services] = await Promise.all([
        // A name that nobody could look up in time is asked about again when the dialogue comes back.
        inTime(() => checkService(inventory, service), { name: service }),
        inTime(() => namesOf(inventory), []),
      ]);
      if ('refusal' in known) return known.refusal;
      return { kind: 'modal', view: diagnoseModal({ channel, covered, services, service: known.name }) };
    },
    async onView({ privateMetadata, values, choices, userId, viewId }) {
      const { channel } = Metadata.parse(JSON.parse(privateMetadata));
      const ticked = SYMPTOMS.filter((symptom) => choices[DIAGNOSE_MODAL.symptoms]?.includes(symptom));
      const playbook = combinePlaybooks(playbooksForSymptoms(playbooks.all(), ticked));
      if (playbook === undefined) return { [DIAGNOSE_MODAL.symptoms]: uncovered(ticked) };
      const typed = values[DIAGNOSE_MODAL.service]?.trim();
      const known = await inTime(() => checkService(inventory, typed || undefined), undefined);
      if (known === undefined)
        return { [DIAGNOSE_MODAL.service]: 'Docker did not answer in time. Press the button again.' };
      if ('refusal' in known)
        return { [DIAGNOSE_MODAL.service]: `There is no service "${typed}"; /perf status lists all.` };
      await requestRun({
        playbook,
        service: known.name,
        trigger: { kind: 'command', userId, channel },
        id: stableId('diagnose', viewId),
      });
      return undefined;
    },
  };
}

/** What `look` finds, or `otherwise` when it fails or takes too long. */
async function inTime<T>(look: () => Promise<T>, otherwise: T): Promise<T> {
  const never = new AbortController().signal;
  return withDeadline(SERVICES_WITHIN_MS, never, look).catch(() => otherwise);
}

async function namesOf(inventory: Inventory): Promise<readonly string[]> {
  return (await inventory.services()).map(({ name }) => name);
}

function uncovered(ticked: readonly Symptom[]): string {
  if (ticked.length === 0) return 'Tick at least one symptom.';
  const titles = ticked.map((symptom) => SYMPTOM_WORDS[symptom].title).join(', ');
  return `No playbook names ${titles} under triggers.symptoms; tick another one, or write a playbook.`;
}

import { LIMITS } from '../../core/block-kit/limits.ts';
import { SYMPTOM_WORDS, SYMPTOMS, type Symptom } from '../../core/playbook/symptom.ts';
import { type Block, plain } from '../blocks/builders.ts';

/** Callback of the modal, and the names of its fields. */
export const DIAGNOSE_MODAL = {
  callbackId: 'perfbot_diagnose',
  symptoms: 'symptoms',
  service: 'service',
} as const;

export interface DiagnoseModal {
  readonly channel: string;
  /** Symptoms that a playbook looks into. */
  readonly covered: readonly Symptom[];
  /** Names to choose from; none: the name is typed. */
  readonly services: readonly string[];
  /** The one that was typed behind the command. */
  readonly service: string | undefined;
}

/** Asks what people notice, and where. The channel travels with it: the answer is posted there. */
export function diagnoseModal({ channel, covered, services, service }: DiagnoseModal): Block {
  return {
    type: 'modal',
    callback_id: DIAGNOSE_MODAL.callbackId,
    private_metadata: JSON.stringify({ channel }),
    title: plain('What is wrong?', LIMITS.view.title),
    submit: plain('Diagnose', LIMITS.view.title),
    close: plain('Cancel', LIMITS.view.title),
    blocks: [
      {
        type: 'input',
        block_id: DIAGNOSE_MODAL.symptoms,
        label: plain('Symptoms', LIMITS.input.label),
        hint: plain('What is ticked is looked into in one run, with one diagnosis.', LIMITS.input.hint),
        element: {
          type: 'checkboxes',
          action_id: DIAGNOSE_MODAL.symptoms,
          options: SYMPTOMS.map((symptom) => toOption(symptom, covered.includes(symptom))),
        },
      },
      {
        type: 'input',
        block_id: DIAGNOSE_MODAL.service,
        optional: true,
        label: plain('Service', LIMITS.input.label),
        hint: plain('With what it depends on. Nothing chosen: the whole system.', LIMITS.input.hint),
        element: serviceElement(services, service),
      },
    ],
  };
}

function toOption(symptom: Symptom, covered: boolean): Block {
  const { title, shows } = SYMPTOM_WORDS[symptom];
  const description = covered ? shows : 'No playbook names this symptom';
  return {
    text: plain(title, LIMITS.option.text),
    description: plain(description, LIMITS.option.description),
    value: symptom,
  };
}

/** A menu where all services fit into one, else a field to type the name. */
function serviceElement(services: readonly string[], service: string | undefined): Block {
  const actionId = { action_id: DIAGNOSE_MODAL.service };
  if (services.length === 0 || services.length > LIMITS.select.options) {
    return {
      type: 'plain_text_input',
      ...actionId,
      placeholder: plain('shop-api', LIMITS.select.placeholder),
      max_length: 100,
      ...(service !== undefined && { initial_value: service }),
    };
  }
  const option = (name: string) => ({ text: plain(name, LIMITS.option.text), value: name });
  return {
    type: 'static_select',
    ...actionId,
    placeholder: plain('The whole system', LIMITS.select.placeholder),
    options: services.map(option),
    ...(service !== undefined && services.includes(service) && { initial_option: option(service) }),
  };
}

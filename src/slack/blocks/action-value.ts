import { z } from 'zod';
import { LIMITS } from '../../core/block-kit/limits.ts';
import { cleanText } from '../text/clean-text.ts';

/** Ids of what people can press. Link buttons carry a number behind `perfbot_link`. */
export const ACTIONS = {
  acknowledge: 'perfbot_acknowledge',
  runAgain: 'perfbot_run_again',
  details: 'perfbot_details',
  runPlaybook: 'perfbot_run_playbook',
  tick: 'perfbot_checklist_tick',
  note: 'perfbot_checklist_note',
  assign: 'perfbot_checklist_assign',
  schedules: 'perfbot_schedules',
  scheduleAdd: 'perfbot_schedule_add',
  scheduleEdit: 'perfbot_schedule_edit',
  scheduleReset: 'perfbot_schedule_reset',
  homeDiagnose: 'perfbot_home_diagnose',
  homeStatus: 'perfbot_home_status',
  homeRefresh: 'perfbot_home_refresh',
  loadOffer: 'perfbot_load_offer',
  loadStart: 'perfbot_load_start',
  loadStop: 'perfbot_load_stop',
  silence: 'perfbot_silence',
  silenceEnd: 'perfbot_silence_end',
  link: 'perfbot_link',
} as const;

/** What a button stands for; `version` tells the handler when the card is stale. */
export const ActionValue = z.object({
  groupId: z.string().optional(),
  runId: z.string().optional(),
  roundId: z.string().optional(),
  checklist: z.string().optional(),
  channel: z.string().optional(),
  /** Channel that a dialogue was opened in. */
  opened: z.string().optional(),
  version: z.number().optional(),
  playbook: z.string().optional(),
  service: z.string().optional(),
  silenceId: z.string().optional(),
  /** As people write it: `1h`. */
  duration: z.string().optional(),
});
export type ActionValue = z.infer<typeof ActionValue>;

/** The value of a button as text, or undefined when Slack could not carry it unchanged: then there is no button. */
export function toActionValue(
  value: {
    readonly [K in keyof ActionValue]?: ActionValue[K] | undefined;
  },
): string | undefined {
  const text = JSON.stringify(value);
  const intact = Object.values(value).every((part) => typeof part !== 'string' || cleanText(part) === part);
  return intact && text.length <= LIMITS.button.value ? text : undefined;
}

/** Reads the value of a button; an empty object when it holds nothing that we wrote. */
export function parseActionValue(text: string): ActionValue {
  try {
    const parsed = ActionValue.safeParse(JSON.parse(text));
    return parsed.success ? parsed.data : {};
  } catch {
    return {};
  }
}

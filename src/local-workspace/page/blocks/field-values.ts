import type { FieldElement } from './element-shapes.ts';

/** What a field holds in Slack's words; an empty field holds null. */
export interface FieldValue {
  readonly type: string;
  readonly value?: string | null;
  readonly selected_date?: string | null;
  readonly selected_time?: string | null;
  readonly selected_date_time?: number | null;
}

/** The browser's input for each kind of field. */
export const HTML_TYPES: Readonly<Record<FieldElement['type'], string>> = {
  plain_text_input: 'text',
  number_input: 'number',
  email_text_input: 'email',
  url_text_input: 'url',
  datepicker: 'date',
  timepicker: 'time',
  datetimepicker: 'datetime-local',
};

const MINUTE_MS = 60_000;

/** `2026-11-23T03:12` of the reader's zone as seconds since 1970, or null when it is no moment. */
function toSeconds(local: string): number | null {
  const at = new Date(local).getTime();
  return Number.isNaN(at) ? null : Math.floor(at / 1000);
}

function toLocal(seconds: number | null | undefined): string {
  if (seconds === null || seconds === undefined) return '';
  const at = new Date(seconds * 1000);
  return new Date(at.getTime() - at.getTimezoneOffset() * MINUTE_MS).toISOString().slice(0, 16);
}

/** What Slack's state says about a field with this text. */
export function fieldHeld(
  { type }: FieldElement,
  text: string,
): FieldValue & Readonly<Record<string, unknown>> {
  const value = text === '' ? null : text;
  if (type === 'datepicker') return { type, selected_date: value };
  if (type === 'timepicker') return { type, selected_time: value };
  if (type === 'datetimepicker') return { type, selected_date_time: toSeconds(text) };
  return { type, value };
}

/** The text of a field: what it holds, else what it starts with. */
export function fieldText(element: FieldElement, held: FieldValue | undefined): string {
  switch (element.type) {
    case 'datepicker':
      return (held === undefined ? element.initial_date : held.selected_date) ?? '';
    case 'timepicker':
      return (held === undefined ? element.initial_time : held.selected_time) ?? '';
    case 'datetimepicker':
      return toLocal(held === undefined ? element.initial_date_time : held.selected_date_time);
    default:
      return (held === undefined ? element.initial_value : held.value) ?? '';
  }
}

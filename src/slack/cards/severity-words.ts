import type { Severity } from '../../core/severity.ts';

/** Never the colour alone: each sign has its word. */
export const SEVERITY_WORDS: Readonly<Record<Severity, string>> = {
  ok: '🟢 OK',
  unknown: '⚪ Cannot tell',
  warning: '🟠 Warning',
  critical: '🔴 Critical',
};

/** How urgent an alert is; `ok` is a sender's "info". */
export const URGENCY_WORDS: Readonly<Record<Severity, string>> = {
  ok: '🔵 Notice',
  unknown: '⚪ Alert',
  warning: '🟠 Warning',
  critical: '🔴 Critical',
};

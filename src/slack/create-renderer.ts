import type { Renderer } from '../engine/ports/renderer.ts';
import { renderAlertCard } from './cards/alert-card.ts';
import { renderNote } from './cards/note.ts';
import { renderRunCard } from './cards/run-card.ts';
import { renderSilenceCard } from './cards/silence-card.ts';
import type { RendererOptions } from './renderer-options.ts';
import { renderThread } from './thread/report-thread.ts';

/** Turns reports and alert groups into Slack messages that keep every limit of Slack. Pure. */
export function createRenderer(options: RendererOptions): Renderer {
  return {
    alertCard: (card, key) => renderAlertCard(card, key, options),
    runCard: (card, key) => renderRunCard(card, key, options),
    silence: (card, key) => renderSilenceCard(card, key, options),
    thread: (report, thread) => renderThread(report, thread, options),
    note: renderNote,
  };
}

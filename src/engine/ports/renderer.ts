import type { Silence } from '../../core/alert/silence.ts';
import type { ChartImage, ChartSpec } from '../../core/chart.ts';
import type { Report } from '../../core/report.ts';
import type { AlertGroup } from './group-store.ts';
import type { MessageContent, OutgoingMessage } from './message.ts';

/** Progress of a run, for the live list of steps. */
export interface Progress {
  readonly steps: readonly {
    readonly title: string;
    readonly state: 'waiting' | 'running' | 'done' | 'unavailable';
  }[];
  readonly secondsLeft: number;
}

/** The channel message of an alert group, in whatever state it is. */
export interface AlertCard {
  readonly group: AlertGroup;
  readonly now: number;
  readonly progress?: Progress;
  readonly report?: Report;
  /** Why the last run has no report. */
  readonly failure?: string;
  /** What holds more alerts like these back now. */
  readonly silence?: Silence;
}

/** The channel message of a silence that somebody typed. */
export interface SilenceCard {
  readonly silence: Silence;
  readonly now: number;
  /** Messages that fire and that it speaks of; absent once it is over. */
  readonly matching?: number;
}

/** The channel message of a run that somebody asked for. */
export interface RunCard {
  readonly runId: string;
  readonly title: string;
  readonly playbook: string;
  readonly service: string | undefined;
  readonly requestedBy: string | undefined;
  readonly now: number;
  readonly progress?: Progress;
  readonly report?: Report;
  readonly failure?: string;
}

/** Turns plain data into messages. Pure. */
export interface Renderer {
  alertCard(card: AlertCard, key: string): MessageContent;
  runCard(card: RunCard, key: string): MessageContent;
  silence(card: SilenceCard, key: string): MessageContent;
  /** The thread of a report in its order: verdict, charts, next steps, evidence, not measured. */
  thread(
    report: Report,
    options: {
      threadOf: string;
      channel: string;
      keyPrefix: string;
      groupId?: string;
      firstPosition: number;
      /** The report has no message of its own: its links stand in the thread. */
      withoutCard?: boolean;
    },
  ): readonly OutgoingMessage[];
  /** One line in the thread of a group: acknowledged, resolved, opened again; `by` is the person's id, named at the end. */
  note(note: { text: string; by?: string; key: string; groupId?: string; runId?: string }): MessageContent;
}

/** Draws charts off the event loop. */
export interface ChartRenderer {
  render(charts: readonly ChartSpec[], signal: AbortSignal): Promise<readonly ChartImage[]>;
}

import type { ReportFocus } from '../core/report/report-focus.ts';
import type { Link } from './blocks/buttons.ts';

/** What a link is wanted for: a service (if one is known) and the time it is about, milliseconds. */
interface LinkSubject {
  readonly service: string | undefined;
  readonly from: number;
  readonly to: number;
  readonly focus?: ReportFocus | undefined;
  /** Of the alert that it is about. */
  readonly alertname?: string | undefined;
}

export interface RendererOptions {
  /** IANA zone for times that Slack cannot show in the reader's own. */
  readonly timezone: string;
  /** Builds links into Prometheus, Grafana or Jaeger; only http(s) links are shown. */
  readonly links?: (subject: LinkSubject) => readonly Link[];
  /** Playbooks that the overview offers to run, as they are right now. */
  readonly playbooks?: () => readonly { readonly name: string; readonly title: string }[];
  /** `classic` leaves out the table block, for workspaces that do not know it. Default `all`. */
  readonly blockSet?: 'all' | 'classic';
}

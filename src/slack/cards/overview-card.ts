import type { Report, ServiceLine } from '../../core/report.ts';
import { ACTIONS, toActionValue } from '../blocks/action-value.ts';
import { actions, type Block, context, section } from '../blocks/builders.ts';
import { button, fittingEntries, type MenuEntry, menu } from '../blocks/buttons.ts';
import type { RendererOptions } from '../renderer-options.ts';
import { inline, joinMrkdwn, type Mrkdwn, mrkdwn } from '../text/mrkdwn.ts';
import { serviceLine } from './service-line.ts';
import { SEVERITY_WORDS } from './severity-words.ts';

const MOST_SERVICES = 20;
/** What the lines may cost of the message. */
const LINES_LENGTH = 4_500;
/** A section carries 3,000. */
const SECTION_LENGTH = 2_800;

/** The services that the card names, worst first, and those that the thread names. */
export function splitServices(
  report: Report,
  timezone: string,
): { readonly shown: readonly Mrkdwn[]; readonly rest: readonly ServiceLine[] } {
  const shown: Mrkdwn[] = [];
  let used = 0;
  for (const line of report.services.slice(0, MOST_SERVICES)) {
    const rendered = serviceLine(line, timezone);
    used += rendered.mrkdwn.length;
    if (used > LINES_LENGTH) break;
    shown.push(rendered);
  }
  return { shown, rest: report.services.slice(shown.length) };
}

/** Puts lines into as few sections as hold them. */
export function lineSections(lines: readonly Mrkdwn[]): readonly Block[] {
  const sections: Mrkdwn[][] = [];
  let used = Number.POSITIVE_INFINITY;
  for (const line of lines) {
    if (used + line.mrkdwn.length + 1 > SECTION_LENGTH) {
      sections.push([]);
      used = 0;
    }
    sections.at(-1)?.push(line);
    used += line.mrkdwn.length + 1;
  }
  return sections.map((part) => section(joinMrkdwn(part, '\n')));
}

/** A line for each service, worst first, and how many the thread names beside them. */
export function overviewBlocks(report: Report, timezone: string): readonly Block[] {
  const { shown, rest } = splitServices(report, timezone);
  const offered = fittingEntries(entriesOf(report)).length;
  return [
    ...lineSections(shown),
    ...(rest.length > 0 ? [context(mrkdwn`… ${rest.length} more services in the thread`)] : []),
    ...(offered < report.services.length && report.services.length > 1
      ? [context(mrkdwn`The menu holds ${offered} services; /perf status NAME shows any other`)]
      : []),
  ];
}

/** The same for people who hear it: state and name of each service, and what is wrong. */
export function overviewText(report: Report, timezone: string): readonly Mrkdwn[] {
  const { shown, rest } = splitServices(report, timezone);
  const lines = report.services.slice(0, shown.length).map(({ service, severity, remarks }) => {
    const wrong = remarks.length === 0 ? inline('') : mrkdwn`: ${inline(remarks.join('; '), 200)}`;
    return mrkdwn`${SEVERITY_WORDS[severity]} ${inline(service, 80)}${wrong}`;
  });
  return rest.length > 0 ? [...lines, mrkdwn`${rest.length} more services in the thread`] : lines;
}

/** Details of a service, running a playbook, and what the card offers beside them. */
export function overviewActions(
  report: Report,
  more: readonly Block[],
  options: RendererOptions,
): readonly (Block | undefined)[] {
  const playbooks = options.playbooks?.() ?? [];
  const selects = [
    ...detailsOf(report),
    ...menu({
      placeholder: 'Run a playbook',
      actionId: ACTIONS.runPlaybook,
      entries: playbooks.map(({ name, title }) => ({
        label: title,
        value: toActionValue({ playbook: name }) ?? '',
      })),
    }),
  ];
  // A menu keeps what was picked as long as its block_id stays: each run has its own.
  return [actions([...selects, ...more], `overview-${report.runId}`)];
}

function entriesOf({ services }: Report): readonly MenuEntry[] {
  return services.map(({ service, severity }) => ({
    label: `${SEVERITY_WORDS[severity]} · ${service}`,
    value: toActionValue({ service }) ?? '',
  }));
}

function detailsOf(report: Report): readonly Block[] {
  const { services, runId } = report;
  const [only, another] = services;
  if (only !== undefined && another === undefined) {
    const value = toActionValue({ runId, service: only.service });
    return button({ label: `Details of ${only.service}`, actionId: ACTIONS.details, value });
  }
  return menu({
    placeholder: 'Details of a service',
    actionId: ACTIONS.details,
    entries: entriesOf(report),
  });
}

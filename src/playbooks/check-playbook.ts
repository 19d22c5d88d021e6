import type { PlaybookDefinition } from '../core/playbook/playbook.ts';
import { regexRisk } from '../core/regex-risk.ts';
import type { ProbeCatalogue } from './catalogue.ts';
import { suggestion } from './nearest.ts';
import type { PlaybookIssue } from './playbook-issue.ts';

/** What the schema cannot know: whether probes exist, take these parameters, and whether checks judge what is gathered. */
export function checkPlaybook(
  playbook: PlaybookDefinition,
  catalogue: ProbeCatalogue,
): readonly PlaybookIssue[] {
  return [
    ...probeIssues(playbook, catalogue),
    ...checkIssues(playbook),
    ...adviceIssues(playbook),
    ...regexIssues(playbook),
  ];
}

function probeIssues({ steps }: PlaybookDefinition, catalogue: ProbeCatalogue): readonly PlaybookIssue[] {
  const names = catalogue.map(({ name }) => name);
  return steps.flatMap(({ probes }, step) =>
    probes.flatMap((use, index): readonly PlaybookIssue[] => {
      const path = ['steps', step, 'probes', index];
      const probe = catalogue.find(({ name }) => name === use.probe);
      if (probe === undefined) {
        const message = `there is no probe "${use.probe}".${suggestion(use.probe, names) || ` There are: ${names.join(', ')}.`}`;
        return [{ path: [...path, 'probe'], message }];
      }
      const parsed = probe.params.safeParse(use.with);
      return (parsed.error?.issues ?? []).map((issue) => ({
        path: [...path, 'with', ...issue.path],
        message: `${use.probe}: ${issue.message}`,
      }));
    }),
  );
}

function checkIssues({ steps, checks }: PlaybookDefinition): readonly PlaybookIssue[] {
  const used = [...new Set(steps.flatMap(({ probes }) => probes.map(({ probe }) => probe)))];
  return checks.flatMap(({ metric }, index) => {
    const probe = metric.split('/')[0] ?? '';
    if (used.includes(probe)) return [];
    const message = `no step uses the probe "${probe}", so this check would judge nothing.${suggestion(probe, used)}`;
    return [{ path: ['checks', index, 'metric'], message }];
  });
}

/** A step that hangs on a number that nobody judges would never be shown. */
function adviceIssues({ checks, next_steps }: PlaybookDefinition): readonly PlaybookIssue[] {
  const judged = checks.map(({ metric }) => metric);
  return next_steps.flatMap(({ if: metric, command = '', undo = '' }, index): readonly PlaybookIssue[] => {
    const path = ['next_steps', index];
    if (metric !== undefined && !judged.includes(metric)) {
      const message = `no check judges "${metric}", so this step would never be shown.${suggestion(metric, judged)}`;
      return [{ path: [...path, 'if'], message }];
    }
    if (metric === undefined && /\{(service|container)\}/.test(command + undo)) {
      const message = 'name a check with `if`: {service} and {container} are those of its metric';
      return [{ path: [...path, 'command'], message }];
    }
    return [];
  });
}

function regexIssues({ triggers }: PlaybookDefinition): readonly PlaybookIssue[] {
  return triggers.alerts.flatMap((matcher, index) =>
    Object.entries(matcher).flatMap(([label, wanted]) => {
      const risk = typeof wanted === 'string' ? undefined : regexRisk(wanted.regex);
      return risk === undefined
        ? []
        : [{ path: ['triggers', 'alerts', index, label, 'regex'], message: `this expression ${risk}` }];
    }),
  );
}

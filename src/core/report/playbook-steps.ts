import type { Advice } from '../diagnosis/cause.ts';
import { shellWord } from '../diagnosis/quote.ts';
import type { Evidence } from '../evidence.ts';
import type { Finding } from '../finding.ts';
import type { Playbook, PlaybookAdvice } from '../playbook/playbook.ts';
import { compareSeverity, type Severity } from '../severity.ts';

interface Run {
  readonly playbook: Playbook;
  readonly severity: Severity;
  readonly findings: readonly Finding[];
  readonly evidence: readonly Evidence[];
}

/** The steps of a playbook that the numbers of this run call for, with its names filled in. */
export function playbookSteps({ playbook, severity, findings, evidence }: Run): readonly Advice[] {
  return playbook.next_steps
    .filter(({ when }) => severity !== 'unknown' && compareSeverity(severity, when) >= 0)
    .flatMap((step): readonly Advice[] => {
      const reason = step.if === undefined ? undefined : reasonOf(step, findings);
      if (step.if !== undefined && reason === undefined) return [];
      return [toAdvice(step, playbook.description, reason && namesOf(reason, evidence))];
    });
}

/** The worst finding of the metric that a step names, if it is bad enough; for a step that is shown when all is well, that it was measured. */
function reasonOf({ if: wanted, when }: PlaybookAdvice, findings: readonly Finding[]): Finding | undefined {
  const least = when === 'ok' ? 'ok' : 'warning';
  return findings
    .filter(({ probe, metric, value }) => `${probe}/${metric}` === wanted && value !== undefined)
    .filter(({ severity }) => severity !== 'unknown' && compareSeverity(severity, least) >= 0)
    .toSorted((a, b) => compareSeverity(b.severity, a.severity))[0];
}

type Names = Readonly<Record<string, string | undefined>>;

function namesOf({ service, target }: Finding, evidence: readonly Evidence[]): Names {
  const containers = evidence.flatMap((item) =>
    item.status === 'collected' && item.targetKind === 'container'
      ? [{ service: item.service, target: item.target, container: item.facts?.container }]
      : [],
  );
  const own =
    containers.find((item) => item.target === target && item.container !== undefined) ??
    containers.find((item) => item.service === service && item.container !== undefined);
  return { service, container: own?.container };
}

function toAdvice(step: PlaybookAdvice, description: string, names: Names = {}): Advice {
  const command = step.command === undefined ? undefined : filled(step.command, names);
  const undo = step.undo === undefined ? undefined : filled(step.undo, names);
  // A command without its way back is none.
  const isWhole = command !== undefined && (step.undo === undefined || undo !== undefined);
  return {
    title: step.title,
    why: step.why ?? description,
    ...(isWhole && { command }),
    ...(step.risk !== undefined && { risk: step.risk }),
    ...(undo !== undefined && (isWhole || step.command === undefined) && { undo }),
  };
}

/** A text with the names of this run as words of a shell; undefined when one of them is not known. */
function filled(text: string, names: Names): string | undefined {
  let isWhole = true;
  const result = text.replace(/\{(service|container)\}/g, (_, name: string) => {
    const known = names[name];
    if (known === undefined) isWhole = false;
    return shellWord(known ?? '');
  });
  return isWhole ? result : undefined;
}

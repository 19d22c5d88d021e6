import type { Playbook } from './playbook.ts';

/** What has to be known of a probe. */
export interface SingleProbe {
  readonly name: string;
  readonly title: string;
}

/** True for the name of a probe: that of a playbook has no dot. */
export function isProbeName(name: string): boolean {
  return name.includes('.');
}

/**
 * One probe as a playbook of one step under the name of the probe, over everything it can look at. It is judged by the
 * checks that any of the playbooks has for it. Pure.
 */
export function probePlaybook({ name, title }: SingleProbe, playbooks: readonly Playbook[]): Playbook {
  const checks = playbooks.flatMap((playbook) =>
    playbook.checks.filter(({ metric }) => metric.startsWith(`${name}/`)),
  );
  const keyOf = ({ metric, warning, critical }: (typeof checks)[number]) =>
    JSON.stringify([metric, warning, critical]);
  return {
    name,
    title,
    description: `The probe ${name} alone.`,
    triggers: { alerts: [], symptoms: [], fallback: false },
    overview: false,
    explains: [],
    deadline: 60_000,
    steps: [{ title: title.slice(0, 60), probes: [{ probe: name, on: 'system', with: {} }] }],
    checks: [...new Map(checks.map((check) => [keyOf(check), check])).values()],
    next_steps: [],
  };
}

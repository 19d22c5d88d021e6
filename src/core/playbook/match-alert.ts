import type { Labels } from '../alert/alert.ts';
import type { AlertMatcher, Playbook } from './playbook.ts';

/**
 * The playbook for an alert: the one that its label `playbook` names; else the one whose matching entry is the most
 * specific (names the most labels, then the most of them exactly), then by name; without any match the fallback;
 * undefined when there is no fallback either.
 */
export function playbookForAlert(playbooks: readonly Playbook[], labels: Labels): Playbook | undefined {
  const named = playbooks.find(({ name }) => name === labels.playbook);
  if (named) return named;
  let best: { playbook: Playbook; specificity: number } | undefined;
  for (const playbook of [...playbooks].sort((a, b) => a.name.localeCompare(b.name))) {
    for (const matcher of playbook.triggers.alerts) {
      const specificity = specificityOf(matcher);
      if (matches(matcher, labels) && specificity > (best?.specificity ?? 0))
        best = { playbook, specificity };
    }
  }
  return best?.playbook ?? playbooks.find(({ triggers }) => triggers.fallback);
}

function specificityOf(matcher: AlertMatcher): number {
  const values = Object.values(matcher);
  return values.length * 2 + values.filter((value) => typeof value === 'string').length;
}

function matches(matcher: AlertMatcher, labels: Labels): boolean {
  return Object.entries(matcher).every(([label, wanted]) => {
    const value = labels[label] ?? '';
    return typeof wanted === 'string' ? value === wanted : new RegExp(`^(?:${wanted.regex})$`).test(value);
  });
}

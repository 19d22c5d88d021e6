import type { Finding } from '../finding.ts';
import { isProbeName } from '../playbook/probe-playbook.ts';
import type { Report } from '../report.ts';
import { compareSeverity, worst } from '../severity.ts';
import type { ChecklistItem } from './checklist.ts';
import type { FilledNumber, Filling, RoundItem } from './round.ts';

/** A run of an item: its report, or why there is none. */
export type ItemRun =
  | { readonly playbook: string; readonly report: Report }
  | { readonly playbook: string; readonly failure: string };

/** Numbers that are kept for the comparison with the next round. */
const MOST_NUMBERS = 200;

/** What the runs of an item say about it. `before` is what the last round found for the same item. Pure. */
export function fillItem(
  fill: NonNullable<ChecklistItem['fill']>,
  runs: readonly ItemRun[],
  before: Filling | undefined,
): Filling {
  const reports = runs.flatMap((run) => ('report' in run ? [run.report] : []));
  const findings = unique(
    reports.flatMap((report) => report.findings.filter((finding) => counts(fill, finding))),
  );
  const causes = reports.flatMap((report) =>
    report.causes.filter(({ id }) => (isOpen(fill) ? true : fill.causes.includes(id))),
  );
  const failures = runs.flatMap((run) =>
    'failure' in run
      ? [
          `The ${isProbeName(run.playbook) ? 'probe' : 'playbook'} ${run.playbook} was not finished: ${run.failure}`,
        ]
      : [],
  );
  const numbers = findings.flatMap((finding) => toNumber(finding, before)).sort(byInterest);
  const ruledOut = reports.flatMap((report) => report.ruledOut.filter(({ id }) => fill.causes.includes(id)));
  // A cause that nobody could decide about is not known to be absent.
  const decided = [...causes, ...ruledOut].map(({ id }) => id);
  const looked =
    findings.length > 0 || (fill.causes.length > 0 && fill.causes.every((id) => decided.includes(id)));
  return {
    severity: worst([
      ...findings.map(({ severity }) => severity),
      ...(causes.length > 0 ? (['warning'] as const) : []),
      ...(failures.length > 0 || !looked ? (['unknown'] as const) : []),
    ]),
    numbers: numbers.slice(0, MOST_NUMBERS),
    remarks: [...new Set([...causes.map(({ title, service }) => `${title} (${service})`), ...failures])],
    ...(ruledOut.length > 0 && { ruledOut: [...new Set(ruledOut.map(({ reason }) => reason))] }),
    measured: numbers.length,
    offending: numbers.filter(({ severity }) => compareSeverity(severity, 'unknown') > 0).length,
    unmeasured: findings.length - numbers.length,
  };
}

/** What several sources say about one item, as one. Pure. */
export function joinFillings(fillings: readonly Filling[]): Filling {
  const [only] = fillings;
  if (fillings.length === 1 && only !== undefined) return only;
  const sum = (of: (filling: Filling) => number) => fillings.reduce((total, one) => total + of(one), 0);
  return Object.assign({}, ...fillings, {
    severity: worst(fillings.map(({ severity }) => severity)),
    numbers: fillings.flatMap(({ numbers }) => numbers).slice(0, MOST_NUMBERS),
    remarks: [...new Set(fillings.flatMap(({ remarks }) => remarks))],
    measured: sum(({ measured }) => measured),
    offending: sum(({ offending }) => offending),
    unmeasured: sum(({ unmeasured }) => unmeasured),
  });
}

/** An item with what was found for it. What a person has decided stands; perfbot takes back only its own tick. Pure. */
export function withFilling(item: RoundItem, filling: Filling, at: number): RoundItem {
  if (item.fill === undefined || item.checkedBy !== undefined) return { ...item, filling };
  if (!isSettled(item.fill, filling)) return { ...item, filling, checked: false, checkedAt: undefined };
  return { ...item, filling, checked: true, checkedAt: item.checkedAt ?? at };
}

/** True when perfbot may tick the item: everything that counts was measured and is fine. */
export function isSettled(fill: NonNullable<ChecklistItem['fill']>, filling: Filling): boolean {
  return fill.settle === 'when_ok' && filling.severity === 'ok';
}

function isOpen({ kpis, metrics, causes }: NonNullable<ChecklistItem['fill']>): boolean {
  return kpis.length + metrics.length + causes.length === 0;
}

function counts(fill: NonNullable<ChecklistItem['fill']>, { kpi, probe, metric }: Finding): boolean {
  if (isOpen(fill)) return true;
  return (kpi !== undefined && fill.kpis.includes(kpi)) || fill.metrics.includes(`${probe}/${metric}`);
}

/** Two playbooks may measure the same: the worse finding stands. */
function unique(findings: readonly Finding[]): readonly Finding[] {
  const kept = new Map<string, Finding>();
  for (const finding of findings) {
    const key = `${finding.target} ${finding.probe}/${finding.metric}`;
    const known = kept.get(key);
    if (known === undefined || compareSeverity(finding.severity, known.severity) > 0) kept.set(key, finding);
  }
  return [...kept.values()];
}

function toNumber(finding: Finding, before: Filling | undefined): readonly FilledNumber[] {
  const { title, service, target, probe, severity, value, unit, usual, threshold } = finding;
  if (value === undefined || unit === undefined) return [];
  const metric = `${probe}/${finding.metric}`;
  const last = before?.numbers.find((number) => number.target === target && number.metric === metric)?.value;
  return [
    {
      title,
      service,
      target,
      metric,
      severity,
      value,
      unit,
      ...(usual !== undefined && { usual }),
      ...(threshold !== undefined && { threshold }),
      ...(last !== undefined && { before: last }),
    },
  ];
}

/** The worst first, then what is nearest to its threshold. */
function byInterest(a: FilledNumber, b: FilledNumber): number {
  return compareSeverity(b.severity, a.severity) || nearness(b) - nearness(a);
}

function nearness({ value, threshold }: FilledNumber): number {
  if (threshold === undefined || threshold === 0 || value === 0) return 0;
  return Math.min(value / threshold, threshold / value);
}

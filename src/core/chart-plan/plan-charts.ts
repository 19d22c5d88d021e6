import type { ChartSpec } from '../chart.ts';
import type { ChartPlanInput } from './chart-plan-input.ts';
import { collected } from './chart-points.ts';
import { flameChart, isProfile } from './flame-chart.ts';
import { kpiChart, kpiFindings } from './kpi-chart.ts';
import { overviewChart } from './overview-chart.ts';
import { type Claim, proofCharts } from './proof-charts.ts';
import { slowRequestsChart } from './slow-requests-chart.ts';

/** More pictures than this are not looked at. */
const MOST_CHARTS = 4;

/** Pictures for one cause, so that a second cause gets its turn. */
const MOST_FOR_A_CLAIM = 2;

/** Profiles of more processes than this are told in tables only. */
const MOST_FLAMES = 2;

/**
 * Decides which pictures a report gets: an overview one of all services; a trouble first the KPI that is missed, then
 * what proves the best cause, then what profiles saw. Nothing wrong: at most the first KPI, or the profile that was asked
 * for. No picture without measured points.
 */
export function planCharts(input: ChartPlanInput): readonly ChartSpec[] {
  if (input.overview) {
    const overview = overviewChart(input);
    return overview ? [overview] : [];
  }
  const kpi = kpiFindings(input);
  const missed = kpi.filter(({ severity }) => severity !== 'ok');
  const trouble = missed.length > 0 || input.causes.length > 0 || input.findings.some(isWrong);
  const drawn = (findings: typeof kpi) => findings.map((finding) => kpiChart(input, finding)).find(isThere);
  const own = missed.filter(({ service }) => service === input.subject?.name);
  const first =
    drawn(own) ?? slowRequestsChart(input) ?? drawn(missed) ?? (missed.length > 0 ? undefined : drawn(kpi));
  const proof = trouble ? claimsOf(input).flatMap((claim) => limited(input, claim, first)) : [];
  const flames = trouble || isProfile(input.evidence) ? flamesOf(input) : [];
  return unique([...(first ? [first] : []), ...proof, ...flames]).slice(0, MOST_CHARTS);
}

function flamesOf({ evidence }: ChartPlanInput): readonly ChartSpec[] {
  return collected(evidence).map(flameChart).filter(isThere).slice(0, MOST_FLAMES);
}

function limited(input: ChartPlanInput, claim: Claim, first: ChartSpec | undefined): readonly ChartSpec[] {
  return proofCharts(input, claim)
    .filter(({ id }) => id !== first?.id)
    .slice(0, MOST_FOR_A_CLAIM);
}

/** The two best causes; without a cause, what was found wrong. */
function claimsOf({ causes, findings }: ChartPlanInput): readonly Claim[] {
  if (causes.length > 0) {
    return causes.slice(0, 2).map(({ id, service, evidence }) => ({ id, service, lines: evidence }));
  }
  return findings.filter(isWrong).map((finding) => ({
    id: finding.kpi ?? '',
    service: finding.service,
    lines: [finding],
  }));
}

function isWrong({ severity, value }: ChartPlanInput['findings'][number]): boolean {
  return value !== undefined && (severity === 'warning' || severity === 'critical');
}

function isThere<T>(value: T | undefined): value is T {
  return value !== undefined;
}

function unique(charts: readonly ChartSpec[]): readonly ChartSpec[] {
  const seen = new Set<string>();
  return charts.filter(({ id }) => !seen.has(id) && seen.add(id) !== undefined);
}

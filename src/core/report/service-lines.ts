import { OWN_REQUESTS } from '../checks/kpi-metrics.ts';
import type { Cause } from '../diagnosis/cause.ts';
import type { Evidence } from '../evidence.ts';
import type { Finding } from '../finding.ts';
import type { Service } from '../inventory/service.ts';
import { KPI_NAMES, kpiTarget } from '../kpi.ts';
import type { KeyNumber, ServiceLine } from '../report.ts';
import { compareSeverity, worst } from '../severity.ts';

const MOST_REMARKS = 3;

/** Findings of KPIs as numbers in the order of the guide, one per KPI: the worst, beside the target of its service. */
export function keyNumbers(findings: readonly Finding[], services: readonly Service[]): readonly KeyNumber[] {
  return KPI_NAMES.flatMap((kpi) => {
    const [finding] = findings
      .filter((candidate) => candidate.kpi === kpi && candidate.value !== undefined)
      .sort((a, b) => compareSeverity(b.severity, a.severity));
    if (finding?.value === undefined || finding.unit === undefined) return [];
    const kpis = services.find(({ name }) => name === finding.service)?.kpis ?? {};
    return [
      {
        title: finding.title,
        value: finding.value,
        unit: finding.unit,
        severity: finding.severity,
        ...(finding.usual !== undefined && { usual: finding.usual }),
        target: kpiTarget(kpis, kpi),
      },
    ];
  });
}

/** The median of perfbot's own requests to a service, where nothing told its 95th percentile and it misses that target. */
export function slowMedian(
  { findings, evidence }: { readonly findings: readonly Finding[]; readonly evidence: readonly Evidence[] },
  service: Service,
): readonly KeyNumber[] {
  const isTold = findings.some(
    ({ kpi, service: of, value }) =>
      kpi === 'response_time_p95' && of === service.name && value !== undefined,
  );
  const target = kpiTarget(service.kpis, 'response_time_p95');
  const medians = evidence.flatMap((item) =>
    item.status === 'collected' && item.probe === OWN_REQUESTS.probe && item.service === service.name
      ? item.metrics.filter(({ name, value }) => name === OWN_REQUESTS.metric && value > target)
      : [],
  );
  const [slowest] = medians.toSorted((a, b) => b.value - a.value);
  if (isTold || slowest === undefined) return [];
  return [
    {
      title: OWN_REQUESTS.title,
      value: slowest.value,
      unit: slowest.unit,
      severity: 'warning',
      target,
    },
  ];
}

/** One line per service, worst first, then by name. A service that nobody could look at is `unknown`, never fine. */
export function serviceLines({
  services,
  evidence,
  findings,
  causes,
}: {
  readonly services: readonly Service[];
  readonly evidence: readonly Evidence[];
  readonly findings: readonly Finding[];
  readonly causes: readonly Cause[];
}): readonly ServiceLine[] {
  return services
    .map((service) => {
      const own = findings.filter((finding) => finding.service === service.name);
      const causesHere = causes.filter((cause) => cause.service === service.name);
      const bad = own.filter(({ severity }) => severity === 'warning' || severity === 'critical');
      const seen = evidence.some((item) => item.service === service.name && item.status === 'collected');
      const severity = worst([
        ...own.map((finding) => finding.severity),
        ...causesHere.map(() => 'warning' as const),
        ...(seen ? [] : ['unknown' as const]),
      ]);
      return {
        service: service.name,
        severity,
        numbers: [...slowMedian({ findings, evidence }, service), ...keyNumbers(own, services)],
        remarks: [...causesHere.map(({ summary }) => summary), ...bad.map(({ text }) => text)].slice(
          0,
          MOST_REMARKS,
        ),
      };
    })
    .sort((a, b) => compareSeverity(b.severity, a.severity) || a.service.localeCompare(b.service));
}

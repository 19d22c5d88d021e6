import type { Report } from '../src/core/report.ts';
import type { AlertGroup } from '../src/engine/ports/group-store.ts';
import type { Database } from '../src/engine/ports/stores.ts';

const MINUTE = 60_000;

/** An alert of 48 minutes with the cause that its run found. */
export async function writeIncident(database: Database, startedAt: number): Promise<void> {
  const group: AlertGroup = {
    id: 'slow-orders',
    identity: 'perfbot/shop-api/HighResponseTime',
    sender: 'perfbot',
    title: 'High response time',
    severity: 'warning',
    service: 'shop-api',
    playbook: 'high-response-time',
    state: 'resolved',
    channel: '#general',
    labels: { alertname: 'HighResponseTime', service: 'shop-api' },
    annotations: {},
    links: [],
    firing: 0,
    resolved: 1,
    truncated: 0,
    startedAt,
    resolvedAt: startedAt + 48 * MINUTE,
    acknowledgedBy: undefined,
    acknowledgedAt: undefined,
    reopened: 0,
    lastRunId: 'slow-orders-run',
    version: 2,
  };
  await database.groups.save(group);
  const id = 'slow-orders-run';
  await database.runs.create({
    id,
    playbook: 'high-response-time',
    service: 'shop-api',
    trigger: { kind: 'alert', groupId: group.id },
    state: 'queued',
    createdAt: startedAt,
    deadlineAt: startedAt + MINUTE,
    finishedAt: undefined,
    report: undefined,
    failure: undefined,
  });
  await database.runs.finish(id, incidentReport(id, startedAt), startedAt + 21_000);
}

function incidentReport(runId: string, startedAt: number): Report {
  const cause = {
    id: 'db.missing_index',
    title: 'orders is read without an index on customer_id',
    service: 'shop-db',
    summary: 'One statement takes most of the time of the database.',
    confidence: 0.92,
    evidence: [],
    against: [],
    advice: [],
  };
  return {
    runId,
    playbook: 'high-response-time',
    title: 'High response time',
    service: 'shop-api',
    overview: false,
    startedAt,
    durationMs: 21_000,
    severity: 'warning',
    verdict: cause.title,
    numbers: [],
    services: [],
    causes: [cause],
    ruledOut: [],
    findings: [],
    unavailable: [],
    tables: [],
    charts: [],
    nextSteps: [],
  };
}

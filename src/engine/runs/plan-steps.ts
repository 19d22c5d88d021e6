import { narrowedTo, possibleProxiesOf, proxiesOf } from '../../core/inventory/proxies.ts';
import { type Service, withDependencies } from '../../core/inventory/service.ts';
import type { Target } from '../../core/inventory/target.ts';
import type { Playbook, ProbeUse, Scope } from '../../core/playbook/playbook.ts';
import type { ProbeParams } from '../../core/run.ts';
import type { Probe } from '../ports/probe.ts';
import type { RunStep } from '../ports/run-store.ts';

/** Most probes of one run; a system with more targets is looked at from its nearest services on. */
const MOST_STEPS = 400;

export interface PlanInput {
  readonly runId: string;
  readonly playbook: Playbook;
  /** Undefined: the run is about everything. */
  readonly subject: Service | undefined;
  readonly services: readonly Service[];
  readonly probes: ReadonlyMap<string, Probe>;
  /** What somebody asked for; goes before the parameters of the playbook. */
  readonly params?: ProbeParams | undefined;
}

/** Which probe looks at which target: every use of the playbook, each pair of probe, target and parameters once. Pure. */
export function planSteps(input: PlanInput): readonly RunStep[] {
  const { runId, playbook, subject, services, probes, params } = input;
  const steps = new Map<string, Omit<RunStep, 'step'>>();
  for (const { title, probes: uses } of playbook.steps) {
    for (const asked of uses) {
      const use = { ...asked, with: { ...asked.with, ...params?.[asked.probe] } };
      const probe = probes.get(use.probe);
      if (probe === undefined) continue;
      for (const target of targetsIn({ probe, use, subject, services })) {
        const key = JSON.stringify([probe.name, target.id, use.with]);
        if (!steps.has(key)) steps.set(key, plannedStep(runId, title, { use, probe, target }));
      }
    }
  }
  return [...steps.values()].slice(0, MOST_STEPS).map((step, index) => ({ ...step, step: index }));
}

function plannedStep(
  runId: string,
  title: string,
  { use, probe, target }: { readonly use: ProbeUse; readonly probe: Probe; readonly target: Target },
): Omit<RunStep, 'step'> {
  return {
    runId,
    title,
    probe: probe.name,
    target,
    params: use.with,
    timeoutMs: use.timeout ?? probe.timeoutMs,
    state: 'waiting',
    evidence: undefined,
  };
}

interface Use {
  readonly probe: Probe;
  readonly use: ProbeUse;
  readonly subject: Service | undefined;
  readonly services: readonly Service[];
}

function targetsIn({ probe, use, subject, services }: Use): readonly Target[] {
  return use.on === 'proxies' && subject !== undefined
    ? proxyTargets({ probe, use, services }, subject)
    : targetsOf(scopeOf(use.on, subject, services), { probe, use });
}

/** What is in front of the subject; of an nginx that may be, or may not, its log alone is looked at to see. */
function proxyTargets({ probe, use, services }: Omit<Use, 'subject'>, subject: Service): readonly Target[] {
  const system = systemOf(subject, services);
  const isElsewhere = (proxy: Service) => !system.includes(proxy);
  const declared = proxiesOf(services, subject).filter(isElsewhere);
  const possible =
    probe.targetKind === 'nginx' ? possibleProxiesOf(services, subject).filter(isElsewhere) : [];
  return [...declared, ...possible].flatMap((proxy) =>
    proxy.targets
      .filter(({ kind }) => kind === probe.targetKind)
      .map((target) => (target.kind === 'nginx' ? narrowedTo(target, subject, { proxy, services }) : target))
      .filter((target) => probe.mayLookAt?.(target, use.with) ?? true),
  );
}

function targetsOf(
  services: readonly Service[],
  { probe, use }: { readonly probe: Probe; readonly use: ProbeUse },
): readonly Target[] {
  return services
    .flatMap(({ targets }) => targets.filter(({ kind }) => kind === probe.targetKind))
    .filter((target) => probe.mayLookAt?.(target, use.with) ?? true);
}

/** The services that a scope means; for proxies their targets are chosen elsewhere. Without a subject everything is in scope, but for the host and itself. */
function scopeOf(
  scope: Scope,
  subject: Service | undefined,
  services: readonly Service[],
): readonly Service[] {
  const host = services.filter(({ role }) => role === 'host');
  if (scope === 'host') return host;
  if (scope === 'all' || subject === undefined) return services;
  const system = systemOf(subject, services);
  switch (scope) {
    case 'service':
      return [subject];
    case 'proxies':
      return proxiesOf(services, subject);
    case 'dependencies':
      return system.filter((service) => service !== subject);
    case 'system':
      return [...system, ...host.filter((service) => !system.includes(service))];
  }
}

/**
 * The subject and what it depends on. Docker does not say what a discovered container depends on, so that every
 * database and cache that was discovered beside it counts.
 */
function systemOf(subject: Service, services: readonly Service[]): readonly Service[] {
  const declared = withDependencies(services, subject);
  if (subject.source === 'configured' || subject.role === 'host' || subject.role === 'perfbot')
    return declared;
  const beside = services.filter(
    (service) =>
      service.source === 'discovered' &&
      (service.role === 'postgres' || service.role === 'redis') &&
      !declared.includes(service),
  );
  return [...declared, ...beside];
}

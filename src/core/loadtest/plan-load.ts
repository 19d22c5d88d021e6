import type { Service } from '../inventory/service.ts';
import { kpiTarget } from '../kpi.ts';
import { asTyped } from '../typed.ts';
import { type LoadProfile, sizeProblem } from './load-profile.ts';
import type { LoadPlan } from './load-test.ts';

/** Environments that may be put under load; everything else may be what people work with. */
const ALLOWED = [
  'staging',
  'stage',
  'test',
  'testing',
  'qa',
  'preview',
  'dev',
  'development',
  'local',
  'load',
];
/** A service that takes this many times its target is overloaded, and more load says nothing new. */
const STOP_AT_TIMES_TARGET = 2;

/** Why a service may not be tested with a profile, and the line that would allow it. */
export interface LoadRefusal {
  readonly problem: string;
  readonly mend: string;
}

/** What would be sent, or why nothing may be. */
export function planLoad(service: Service, profile: LoadProfile): LoadPlan | LoadRefusal {
  const { name, environment } = service;
  if (!isAllowed(environment)) {
    return {
      problem:
        environment === undefined
          ? `${asTyped(name)} has no environment, so it may be production: no load test.`
          : `${asTyped(name)} runs in ${asTyped(environment)}: no load test there.`,
      mend: `Load tests run where services.yaml says \`environment: staging\` (or ${ALLOWED.slice(2).join(', ')}).`,
    };
  }
  const target = service.targets.find(({ kind }) => kind === 'http');
  if (target?.kind !== 'http') {
    return {
      problem: `${asTyped(name)} has no address that requests could be sent to.`,
      mend: 'Give it a `url` in services.yaml.',
    };
  }
  const problem = sizeProblem(profile.stages);
  if (problem !== undefined) {
    return {
      problem: `The profile ${asTyped(profile.name)} cannot be run: ${problem}.`,
      mend: 'Mend its phases.',
    };
  }
  const routes = target.paths.length > 0 ? target.paths : [target.health ?? '/'];
  return {
    service: name,
    profile: profile.name,
    title: profile.title,
    zone: target.zone,
    baseUrl: target.baseUrl,
    paths: profile.paths.length > 0 ? profile.paths : routes,
    stages: profile.stages,
    parts: profile.parts,
    stop: {
      errorRate: profile.stop.errorRate,
      p95Ms: profile.stop.p95Ms ?? STOP_AT_TIMES_TARGET * kpiTarget(service.kpis, 'response_time_p95'),
      throttledRatio: profile.stop.throttledRatio,
    },
  };
}

/** Why a test that was planned may not go on, where the inventory has changed since; undefined: it may. */
export function withdrawnReason(
  services: readonly Service[],
  { service: name, baseUrl }: Pick<LoadPlan, 'service' | 'baseUrl'>,
): string | undefined {
  const service = services.find((known) => known.name === name);
  if (service === undefined) return `${name} is not in services.yaml any more`;
  if (!isAllowed(service.environment)) return 'services.yaml does not allow load tests there any more';
  const isThere = service.targets.some((target) => target.kind === 'http' && target.baseUrl === baseUrl);
  return isThere ? undefined : `${name} has another address now`;
}

function isAllowed(environment: string | undefined): boolean {
  return environment !== undefined && ALLOWED.includes(environment.toLowerCase());
}

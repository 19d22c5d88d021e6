import { proxiesOf } from '../inventory/proxies.ts';
import type { Service } from '../inventory/service.ts';
import { collectedFor, type Facts } from './facts.ts';

/** True for an nginx that passes requests to the asked-about service, by the inventory or by its own log. */
export function isInFront(facts: Facts, proxy: Service): boolean {
  const { subject, services } = facts;
  if (subject === undefined) return false;
  if (proxiesOf(services, subject).includes(proxy)) return true;
  return collectedFor(facts, 'nginx.access', proxy.name)?.facts?.upstream_service === subject.name;
}

import type { Service } from '../core/inventory/service.ts';
import type { Inventory } from './ports/inventory.ts';

/** In a storm of questions about a service that nobody knows, Docker is asked this often at most. */
const NEWEST_MS = 1000;

/** The services; looked up anew when those of a few seconds ago are not `enough`, for a container may have just started. */
export async function lookUpServices(
  inventory: Inventory,
  enough: (services: readonly Service[]) => boolean,
): Promise<readonly Service[]> {
  const services = await inventory.services();
  return enough(services) ? services : inventory.services({ maxAgeMs: NEWEST_MS });
}

/** True when one of the services has this name; no name asks for none. */
export function hasService(services: readonly Service[], wanted: string | undefined): boolean {
  return wanted === undefined || services.some(({ name }) => name === wanted);
}

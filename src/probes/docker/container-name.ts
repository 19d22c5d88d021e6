import type { ContainerSummary } from './schemas.ts';

/** The name of a container in the list of containers. Links add names with a second slash; the plain one is its own. */
export function containerName({ Names, Id }: Pick<ContainerSummary, 'Names' | 'Id'>): string {
  const own = Names.find((name) => name.lastIndexOf('/') === 0) ?? Names[0];
  return own?.replace(/^\//, '') ?? Id.slice(0, 12);
}

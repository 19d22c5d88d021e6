import type { Role } from './service.ts';

/** What is known of a container before anybody configured it. */
export interface ContainerTraits {
  readonly image: string;
  readonly name: string;
  readonly command: string;
  /** Ports that the container exposes, published or not. */
  readonly ports: readonly number[];
}

/** Last part of an image name without registry, tag and digest: `ghcr.io/acme/shop-api:1.2` is `shop-api`. */
function imageName(image: string): string {
  const path = image.replace(/@.*$/, '');
  return (path.split('/').at(-1) ?? '').replace(/:[^:]*$/, '').toLowerCase();
}

interface Sign {
  readonly role: Role;
  readonly image?: RegExp;
  readonly command?: RegExp;
  readonly name?: RegExp;
  readonly port?: number;
}

/** Helpers carry the name of what they help: they are not the thing itself. */
const HELPER =
  /exporter|backup|migrat|pgadmin|adminer|commander|insight|bouncer|sidecar|init|cli\b|proxy-manager/;

/** Most telling first: what runs, then the image, then the port, then how people called it. */
const SIGNS: readonly Sign[] = [
  { role: 'perfbot', image: /^perfbot$/, command: /\bperfbot\b/ },
  {
    role: 'frontend',
    command: /\bnext(?:\.js)?['"]?\s+(?:start|dev)\b|\bnext-server\b|standalone\/server\.js/,
  },
  {
    role: 'postgres',
    image: /^(?:postgres(?:ql)?|postgis|timescaledb(?:-ha)?|pgvector)$/,
    command: /(?:^|[\s/'"])postgres(?:['"\s]|$)/,
  },
  {
    role: 'redis',
    image: /^(?:redis(?:-stack(?:-server)?)?|valkey|keydb|dragonfly)$/,
    command: /\b(?:redis|valkey|keydb)-server\b/,
  },
  { role: 'prometheus', image: /^prometheus$/, command: /(?:^|[\s/'"])prometheus(?:['"\s]|$)/ },
  {
    role: 'nginx',
    image: /^(?:nginx(?:-unprivileged)?|openresty)$/,
    command: /(?:^|[\s/'"])nginx(?:['"\s]|$)/,
  },
  { role: 'frontend', image: /(?:^|[-_])(?:frontend|front|web-?ui|webapp|next(?:js)?)(?:[-_]|$)/ },
  { role: 'frontend', name: /(?:^|[-_])(?:frontend|front|web-?ui|webapp|next(?:js)?)(?:[-_]|$)/ },
  {
    role: 'node',
    image: /^node$/,
    command: /(?:^|[\s/'"])(?:node|nodejs|npm|yarn|pnpm|tsx|bun|pm2(?:-runtime)?)(?:['"\s]|$)/,
  },
  { role: 'postgres', image: /postgres/, port: 5432 },
  { role: 'redis', image: /redis|valkey/, port: 6379 },
  { role: 'postgres', port: 5432 },
  { role: 'redis', port: 6379 },
];

/** What kind of thing a container is, as far as its image, command, name and ports tell; `other` when they do not. */
export function recogniseRole(traits: ContainerTraits): Role {
  const image = imageName(traits.image);
  const name = traits.name.toLowerCase();
  const command = traits.command.toLowerCase();
  if (HELPER.test(image)) return 'other';
  const sign = SIGNS.find(
    (candidate) =>
      candidate.image?.test(image) === true ||
      candidate.command?.test(command) === true ||
      candidate.name?.test(name) === true ||
      (candidate.port !== undefined && traits.ports.includes(candidate.port)),
  );
  return sign?.role ?? 'other';
}

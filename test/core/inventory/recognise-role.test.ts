import { describe, expect, it } from 'vitest';
import { recogniseRole } from '../../../src/core/inventory/recognise-role.ts';

const table: readonly (readonly [
  role: string,
  image: string,
  command: string,
  name: string,
  ports: readonly number[],
])[] = [
  ['postgres', 'postgres:16-alpine', 'docker-entrypoint.sh postgres', 'shop-db', [5432]],
  [
    'postgres',
    'ghcr.io/acme/postgis:15',
    'docker-entrypoint.sh postgres -c max_connections=50',
    'geo',
    [5432],
  ],
  ['postgres', 'bitnami/postgresql:16', '/opt/bitnami/scripts/run.sh', 'pg', [5432]],
  ['postgres', 'acme/base:1', '/usr/lib/postgresql/15/bin/postgres -D /data', 'store', []],
  ['redis', 'redis:7', 'docker-entrypoint.sh redis-server', 'cache', [6379]],
  ['redis', 'valkey/valkey:8', 'docker-entrypoint.sh valkey-server', 'cache', [6379]],
  ['redis', 'acme/cache:2', 'entry.sh', 'kv', [6379]],
  ['nginx', 'nginx:1.27', '/docker-entrypoint.sh nginx -g daemon off;', 'proxy', [80]],
  ['node', 'acme/shop-api:3', 'docker-entrypoint.sh node server.js', 'shop-api', [3000]],
  ['node', 'perfbot-test/node:local', 'sleep 100', 'x', []],
  ['node', 'acme/worker:1', 'npm start', 'worker', []],
  ['frontend', 'acme/shop-web:3', 'docker-entrypoint.sh next start', 'web', [3000]],
  ['frontend', 'acme/frontend:3', 'docker-entrypoint.sh node server.js', 'x', [3000]],
  ['frontend', 'acme/img:3', 'node server.js', 'prompt-frontend', [3000]],
  [
    'prometheus',
    'prom/prometheus:v3.0.0',
    '/bin/prometheus --config.file=/etc/prometheus/prometheus.yml',
    'prometheus',
    [9090],
  ],
  ['other', 'prometheuscommunity/postgres-exporter', '/bin/postgres_exporter', 'postgres-exporter', [9187]],
  ['other', 'oliver006/redis_exporter', '/redis_exporter', 'redis-exporter', [9121]],
  ['other', 'dpage/pgadmin4', '/entrypoint.sh', 'pgadmin', [80, 443]],
  ['other', 'edoburu/pgbouncer', '/usr/bin/pgbouncer', 'bouncer', [5432]],
  ['other', 'jaegertracing/all-in-one', '/go/bin/all-in-one-linux', 'jaeger', [16686]],
  ['perfbot', 'ghcr.io/acme/perfbot:1', 'node dist/main.js', 'perfbot', [3000]],
];

describe('recogniseRole', () => {
  it.each(table)('%s: %s %s (%s)', (role, image, command, name, ports) => {
    expect(recogniseRole({ image, command, name, ports })).toBe(role);
  });
});

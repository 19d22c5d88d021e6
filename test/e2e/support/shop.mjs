// A small shop that runs in a container of an end-to-end test: it reads PostgreSQL, counts its requests for Prometheus,
// and can be made to burn CPU or to keep memory.
import { createServer } from 'node:http';
import pg from 'pg';
import { Counter, collectDefaultMetrics, Histogram, register } from 'prom-client';

const { PORT = '3000', HOST = '0.0.0.0', DATABASE_URL } = process.env;
const STATEMENT_TIMEOUT_MS = 2500;
/** Long enough to fill a core, short enough to answer requests in between. */
const BURN_SLICE_MS = 50;
const MIB = 1_048_576;

const pool =
  DATABASE_URL === undefined
    ? undefined
    : new pg.Pool({
        connectionString: DATABASE_URL,
        application_name: 'shop',
        max: 10,
        statement_timeout: STATEMENT_TIMEOUT_MS,
      });
pool?.on('error', (error) => console.error(`pool error: ${error.message}`));

collectDefaultMetrics();
const requests = new Counter({
  name: 'http_requests_total',
  help: 'Requests',
  labelNames: ['method', 'route', 'status_code'],
});
const durations = new Histogram({
  name: 'http_request_duration_seconds',
  help: 'Time to answer',
  labelNames: ['method', 'route', 'status_code'],
  buckets: [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2, 5],
});

let burning = false;
const kept = [];

const routes = {
  'GET /api/health': () => ({ status: 'ok' }),
  'GET /api/orders': async () => {
    const { rows } = await pool.query('SELECT id, note FROM orders WHERE customer_id = $1', [77]);
    return { orders: rows.length };
  },
  'GET /api/stock': async () => {
    const { rows } = await pool.query('SELECT amount FROM stock WHERE id = $1 FOR SHARE', [1]);
    return rows[0];
  },
  'POST /burn': () => {
    if (!burning) setImmediate(burn);
    burning = true;
    return { burning };
  },
  'DELETE /burn': () => {
    burning = false;
    return { burning };
  },
  'POST /leak': (query) => {
    for (let mib = Number(query.get('mib')); mib > 0; mib -= 1) kept.push(Buffer.alloc(MIB, 1));
    return { kept: kept.length };
  },
};

function burn() {
  const until = performance.now() + BURN_SLICE_MS;
  while (performance.now() < until) Math.sqrt(until);
  if (burning) setImmediate(burn);
}

createServer(async (request, response) => {
  const url = new URL(request.url, 'http://shop');
  if (url.pathname === '/metrics') {
    response.setHeader('content-type', register.contentType).end(await register.metrics());
    return;
  }
  const handler = routes[`${request.method} ${url.pathname}`];
  const labels = { method: request.method, route: handler ? url.pathname : 'other' };
  const ended = durations.startTimer(labels);
  let status = handler ? 200 : 404;
  let body = { error: 'not found' };
  try {
    if (handler) body = await handler(url.searchParams);
  } catch (error) {
    status = 500;
    body = { error: error.message };
    console.error(`${request.method} ${url.pathname} failed: ${error.message}`);
  }
  requests.inc({ ...labels, status_code: String(status) });
  ended({ status_code: String(status) });
  response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
}).listen(Number(PORT), HOST, () => console.log(`shop listens on ${PORT}`));

process.on('SIGTERM', () => process.exit(0));

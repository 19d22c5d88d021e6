import { Client } from 'pg';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { testDatabase } from '../support/database.ts';
import { type OwnPostgres, startPostgres15 } from '../support/postgres15.ts';
import { startPrometheus } from '../support/prometheus.ts';
import { describeWith } from '../support/requirements.ts';
import { alertRules, startQuickAlertmanager } from './support/alertmanager.ts';
import { eventually } from './support/eventually.ts';
import { allText } from './support/marks.ts';
import { type Perfbot, startPerfbot } from './support/perfbot.ts';
import { type Shop, startShop } from './support/shop.ts';
import { SHOP_RULES } from './support/shop-rules.ts';
import { markOf } from './support/workspace-client.ts';

const TOKEN = 'webhook-token-of-the-test';
const CLIENTS = 4;
const FAULT_MS = 150_000;

describeWith(
  ['docker', 'prometheus', 'alertmanager', 'postgres15'],
  'a slow route because of the database',
  () => {
    const cleanUps: (() => Promise<unknown>)[] = [];
    let server: OwnPostgres;
    let admin: Client;
    let shop: Shop;
    let perfbot: Perfbot;

    beforeAll(async () => {
      server = await startPostgres15();
      cleanUps.push(() => server.stop());
      admin = await connect('admin');
      await createTables(admin);
      shop = await startShop({ databaseUrl: server.url() });
      cleanUps.push(() => shop.remove());
      const own = await testDatabase();
      cleanUps.push(() => own.close());
      perfbot = await startPerfbot({
        env: {
          DATABASE_URL: own.connectionString,
          ALERT_WEBHOOK_TOKEN: TOKEN,
          SHOP_POSTGRES_URL: server.url(),
        },
        servicesYaml: inventory(shop),
      });
      cleanUps.push(() => perfbot.stop());
      const alertmanager = await startQuickAlertmanager(perfbot.url, {
        token: TOKEN,
        groupBy: ['alertname', 'route'],
      });
      cleanUps.push(() => alertmanager.close());
      const prometheus = await startPrometheus({
        scrapes: [{ job: 'shop', targets: [shop.address] }],
        rules: alertRules([
          SHOP_RULES.responseTime('/api/orders', 0.02, { service: 'shop' }),
          SHOP_RULES.responseTime('/api/stock', 2, { service: 'shop' }),
        ]),
        alertmanagers: [`127.0.0.1:${alertmanager.port}`],
      });
      cleanUps.push(() => prometheus.close());
    }, 120_000);

    afterAll(async () => {
      for (const cleanUp of cleanUps.reverse()) await cleanUp();
    });

    async function connect(name: string): Promise<Client> {
      const client = new Client({ connectionString: server.url(), application_name: name });
      client.on('error', () => undefined);
      await client.connect();
      cleanUps.push(() => client.end().catch(() => undefined));
      return client;
    }

    /** The thread of the n-th alert, once the report is in it. Each fault raises an alert about its own route. */
    const threadOfAlert = (index: number) =>
      eventually(
        `a report below alert ${index}`,
        async () => {
          const card = (await perfbot.channelMessages())[index];
          if (card === undefined) return undefined;
          const thread = await perfbot.thread(card.ts);
          const verdict = thread.find((message) => markOf(message, 'part') === 'verdict')?.text;
          const done = thread.some((message) => markOf(message, 'part') === 'evidence');
          return verdict !== undefined && done && { verdict, thread };
        },
        FAULT_MS,
      );

    it('names the index that is missing and the statement that needs it', async () => {
      const stop = shop.load('/api/orders', CLIENTS);
      const { verdict, thread } = await threadOfAlert(0).finally(stop);
      expect(verdict).toMatch(/orders .*read in full .*index on customer_id/);
      const all = allText(thread);
      expect(all).toContain('SELECT id, note FROM orders WHERE customer_id = $1');
      expect(all).toContain(
        'CREATE INDEX CONCURRENTLY orders_customer_id_idx ON public.orders (customer_id)',
      );
      await admin.query('CREATE INDEX ON orders (customer_id)');
      await admin.query('ANALYZE orders');
    }, 240_000);

    it('names the session that holds the lock that others wait for', async () => {
      const holder = await connect('back-office');
      await holder.query('BEGIN');
      const { rows } = await holder.query(
        'UPDATE stock SET amount = 9 WHERE id = 1 RETURNING pg_backend_pid()',
      );
      const stop = shop.load('/api/stock', CLIENTS);
      const { verdict } = await threadOfAlert(1).finally(async () => {
        await holder.query('ROLLBACK');
        await stop();
      });
      expect(verdict).toContain('wait');
      expect(verdict).toContain('public.stock');
      expect(verdict).toContain(`session ${rows[0]?.pg_backend_pid} of back-office`);
    }, 240_000);
  },
);

async function createTables(admin: Client): Promise<void> {
  await admin.query('CREATE EXTENSION pg_stat_statements');
  await admin.query('CREATE TABLE orders (id int PRIMARY KEY, customer_id int, note text)');
  await admin.query("INSERT INTO orders SELECT g, g / 3, 'n' || g FROM generate_series(1, 300000) g");
  await admin.query('CREATE TABLE stock (id int PRIMARY KEY, amount int)');
  await admin.query('INSERT INTO stock VALUES (1, 10)');
  await admin.query('VACUUM ANALYZE');
}

function inventory({ name, url }: Shop): string {
  return `services:
  shop:
    container: ${name}
    url: ${url}
    health: /api/health
    paths: [/api/orders, /api/stock]
    depends_on: [shop-db]
  shop-db:
    postgres: "\${SHOP_POSTGRES_URL}"
`;
}

import { Client } from 'pg';

export interface Application {
  /** Opens one more session. */
  connect(): Promise<Client>;
  /** Runs a statement over and over on its own session until `stop`. */
  repeat(sql: string, setup?: string): Promise<void>;
  stop(): Promise<void>;
}

/** An application that uses the database under test: it opens sessions and makes load, and cleans both up. */
export function createApplication(url: string, name = 'shop-api'): Application {
  const clients: Client[] = [];
  const loops: Promise<void>[] = [];
  let stopped = false;

  async function connect(): Promise<Client> {
    const client = new Client({ connectionString: url, application_name: name });
    client.on('error', () => undefined);
    await client.connect();
    clients.push(client);
    return client;
  }

  return {
    connect,
    async repeat(sql, setup) {
      const client = await connect();
      if (setup) await client.query(setup);
      const loop = async () => {
        while (!stopped) await client.query(sql);
      };
      loops.push(loop());
    },
    async stop() {
      stopped = true;
      await Promise.all(loops);
      await Promise.all(clients.map((client) => client.end().catch(() => undefined)));
    },
  };
}

/** Waits so long that waits and ages can be told from zero. */
export function passes(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}

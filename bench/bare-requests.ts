import { once } from 'node:events';
import { Agent, get, type IncomingMessage } from 'node:http';

/** CPU time of requests to all routes of all ports, milliseconds; as perfbot asks, half of them over a fresh connection. */
export async function bareRequests(ports: readonly number[], routes: number): Promise<number> {
  const before = process.cpuUsage();
  await Promise.all(
    ports.map(async (port) => {
      const kept = new Agent({ keepAlive: true });
      for (let route = 0; route < routes; route += 1) await ask(port, route % 2 === 0 ? false : kept);
      kept.destroy();
    }),
  );
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1000;
}

async function ask(port: number, agent: Agent | false): Promise<void> {
  const [response] = (await once(get({ port, host: '127.0.0.1', agent }), 'response')) as [IncomingMessage];
  response.resume();
  await once(response, 'end');
}

import { afterEach, expect, it } from 'vitest';
import { nodeCpuProfileProbe } from '../../../src/probes/node/cpu-profile.ts';
import { nodeRuntimeProbe } from '../../../src/probes/node/runtime.ts';
import type { ContainerOptions, TestContainer } from '../../support/docker.ts';
import { describeWith } from '../../support/requirements.ts';
import { collected, observe } from '../observe.ts';
import { listening, nodeTarget, openNode, startProgram } from './node-container.ts';

const IDLE = 'setInterval(() => {}, 1000); console.log("up");';

describeWith(['docker'], 'looking into a process', () => {
  const node = openNode();
  const probe = nodeRuntimeProbe(node);
  let container: TestContainer;

  afterEach(async () => {
    await container?.remove();
  });

  async function look(source: string, options: Partial<ContainerOptions> = {}, window = 1000) {
    container = await startProgram(source, options);
    const before = await container.inspect('{{.State.StartedAt}}');
    const evidence = await observe(probe, nodeTarget(container.name), { window });
    expect(await container.inspect('{{.State.StartedAt}} {{.State.Running}}')).toBe(`${before} true`);
    return evidence;
  }

  it('sends nothing to a program that is no Node', async () => {
    const evidence = await look('', { cmd: ['sh', '-c', 'echo up; while true; do sleep 1; done'] });
    expect(evidence).toMatchObject({ status: 'unavailable', reason: 'unsupported' });
    expect(evidence).toMatchObject({ message: expect.stringContaining('sh') });
  });

  it('sends nothing to a program that only has the name of Node', async () => {
    const copy = `const fs = require("fs"); fs.copyFileSync("/bin/sleep", "/tmp/node"); fs.chmodSync("/tmp/node", 0o755); console.log("up")`;
    const evidence = await look(copy, {
      cmd: ['sh', '-c', 'node /app/app.js; exec /tmp/node 1000'],
    });
    // Before the shell has become the copy there is no Node either: nothing is sent in both cases.
    expect(evidence).toMatchObject({ status: 'unavailable', reason: 'unsupported' });
  });

  it('says that the application keeps the signal for itself', async () => {
    const evidence = await look(`process.on("SIGUSR1", () => console.log("mine")); ${IDLE}`);
    expect(evidence).toMatchObject({
      status: 'unavailable',
      reason: 'unsupported',
      message: expect.stringContaining('SIGUSR1 itself'),
    });
    expect(await listening(container)).toEqual([]);
  });

  it('says that the image has no Node to read with', async () => {
    container = await startProgram(`require("fs").unlinkSync("/bin/node"); ${IDLE}`);
    const evidence = await observe(probe, nodeTarget(container.name));
    expect(evidence).toMatchObject({ status: 'unavailable', message: expect.stringContaining('no Node in') });
    expect(await container.inspect('{{.State.Running}}')).toBe('true');
  });

  it('finds Node beside the PATH, and reads as the user that the program was started as', async () => {
    const stepDown = `require("child_process").spawn(process.execPath, ["-e", ${JSON.stringify(IDLE)}], { uid: 1000, gid: 1000, stdio: "inherit" });`;
    const evidence = await look(stepDown, {
      cmd: ['/bin/node', '/app/app.js'],
      env: { PATH: '/nowhere' },
    });
    expect(collected(evidence).facts?.pid).not.toBe('1');
  });

  it('says that a process which changed its user lets nobody look', async () => {
    const evidence = await look(`process.setgid(1000); process.setuid(1000); ${IDLE}`);
    expect(evidence).toMatchObject({ status: 'unavailable', reason: 'permission' });
  });

  it('looks at the application behind a launcher', async () => {
    const launcher = `
      process.title = "npm run start";
      if (process.argv[2] === "app") { process.title = "node app"; ${IDLE} }
      else require("child_process").spawn(process.execPath, [__filename, "app"], { stdio: "inherit" });`;
    const facts = collected(await look(launcher)).facts;
    expect(facts?.script).toBe('/app/app.js');
    expect(facts?.pid).not.toBe('1');
  });

  it('leaves an inspector open that was open before', async () => {
    const evidence = await look(IDLE, { cmd: ['node', '--inspect=127.0.0.1:9300', '/app/app.js'] });
    expect(collected(evidence).facts?.pid).toBe('1');
    expect(await listening(container)).toEqual([9300]);
  });

  it('does not trust another process that holds the port', async () => {
    const source = `
      if (process.argv[2] !== "quiet") { require("inspector").open(9229); require("child_process").fork(__filename, ["quiet"]); setInterval(() => {}, 1000); }
      else { let on = Date.now() + 60000; (function work() { const end = Date.now() + 20; while (Date.now() < end); if (Date.now() < on) setTimeout(work, 5); })(); console.log("up"); }`;
    const evidence = await look(source);
    expect(evidence).toMatchObject({
      status: 'unavailable',
      message: expect.stringContaining('Another Node process'),
    });
  });

  it('says so when the process ends while it is looked at', async () => {
    container = await startProgram('setTimeout(() => process.exit(0), 4000); console.log("up")');
    const evidence = await observe(probe, nodeTarget(container.name), { window: 8000 });
    expect(evidence).toMatchObject({ status: 'unavailable', reason: 'unreachable' });
    await container.waitFor('{{.State.Status}}', 'exited');
  });

  it('attaches to a loop that never comes to an end, and names its function', async () => {
    const evidence = collected(await look('console.log("up"); setTimeout(function spin() { for (;;); })'));
    expect(evidence.metrics).toContainEqual(expect.objectContaining({ name: 'event_loop_delay_max_ms' }));
    const profile = collected(await observe(nodeCpuProfileProbe(node), nodeTarget(container.name)));
    expect(profile.tables?.[0]?.rows[0]).toEqual(expect.arrayContaining(['spin', 'app.js:1']));
    expect(await listening(container)).toEqual([]);
  });

  it('stays out of a container whose memory is nearly used up', async () => {
    const evidence = await look(`const kept = Buffer.alloc(40e6, 1); ${IDLE} kept.length;`, {
      memory: '72m',
    });
    expect(evidence).toMatchObject({ status: 'unavailable', reason: 'overloaded' });
  });

  it('lets two readings of one process wait for each other', async () => {
    container = await startProgram(IDLE);
    const target = nodeTarget(container.name);
    const both = await Promise.all([1000, 1000].map((window) => observe(probe, target, { window })));
    expect(both.map(({ status }) => status)).toEqual(['collected', 'collected']);
    expect(await listening(container)).toEqual([]);
  });
});

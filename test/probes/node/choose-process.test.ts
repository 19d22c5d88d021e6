import { describe, expect, it } from 'vitest';
import { chooseProcess, type SeenProcess } from '../../../src/probes/node/choose-process.ts';

const process = (pid: number, more: Partial<SeenProcess> = {}): SeenProcess => ({
  pid,
  ppid: 0,
  exe: '/usr/local/bin/node',
  args: ['node', 'server.js'],
  uid: 1000,
  catchesSigusr1: true,
  cpuMs: 100,
  recentCpuMs: 0,
  ...more,
});
const choose = (...processes: readonly SeenProcess[]) =>
  chooseProcess({ uid: 1000, processes: [...processes] }, 'api');

describe('chooseProcess', () => {
  it.each([
    ['npm, by its script', { args: ['node', '/usr/local/lib/node_modules/npm/bin/npm-cli.js', 'start'] }],
    ['npm, by its title', { args: ['npm run start'] }],
    ['yarn', { args: ['node', '/opt/yarn/bin/yarn.js', 'start'] }],
    ['nodemon', { args: ['node', '/app/node_modules/.bin/nodemon', 'server.js'] }],
    ['tini', { exe: '/sbin/tini', args: ['/sbin/tini', '--', 'node', 'server.js'], catchesSigusr1: false }],
    ['a shell', { exe: '/bin/dash', args: ['sh', '-c', 'node server.js'] }],
  ])('passes %s by', (_what, launcher) => {
    expect(choose(process(1, { ...launcher, cpuMs: 9999, recentCpuMs: 200 }), process(7)).process.pid).toBe(
      7,
    );
  });

  it('takes the worker that is busy now, then the one that worked most', () => {
    const workers = [process(8, { cpuMs: 5000 }), process(9, { recentCpuMs: 180 }), process(10)];
    expect(choose(...workers)).toMatchObject({ process: { pid: 9 }, others: 2 });
    expect(choose(process(8, { cpuMs: 5000 }), process(10)).process.pid).toBe(8);
  });

  it.each([
    [['node', 'server.js'], 9229],
    [['node', '--inspect-port=9300', 'server.js'], 9300],
    [['node', '--inspect=127.0.0.1:9301', 'server.js'], 9301],
    [['node', '--inspect', 'server.js'], 9229],
  ])('%j has its inspector on port %i', (args, port) => {
    expect(choose(process(1, { args })).port).toBe(port);
  });

  it('refuses a process that the signal would end', () => {
    expect(() => choose(process(1, { catchesSigusr1: false }))).toThrow(/does not catch SIGUSR1/);
  });

  it('says what runs there instead, and when it may not look', () => {
    const nginx = process(1, { exe: '/usr/sbin/nginx', args: ['nginx: master process'] });
    expect(() => choose(nginx)).toThrow(
      expect.objectContaining({ reason: 'unsupported', userMessage: expect.stringContaining('nginx') }),
    );
    expect(() => choose(process(1, { exe: '' }))).toThrow(expect.objectContaining({ reason: 'permission' }));
    expect(() => choose()).toThrow(expect.objectContaining({ reason: 'unsupported' }));
  });
});

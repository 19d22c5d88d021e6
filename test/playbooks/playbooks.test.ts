import { mkdtemp, rename, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { createPlaybooks, type WatchedPlaybooks } from '../../src/playbooks/playbooks.ts';
import { FAKE_CATALOGUE, VALID } from './fake-catalogue.ts';

let directory: string;
let playbooks: WatchedPlaybooks | undefined;
const log = { debug: vi.fn(), info: vi.fn(), warn: vi.fn(), error: vi.fn() };

beforeEach(async () => {
  vi.clearAllMocks();
  directory = await mkdtemp(join(tmpdir(), 'perfbot-playbooks-'));
  await writeFile(join(directory, 'example.yml'), VALID);
});

afterEach(async () => {
  await playbooks?.close();
  await rm(directory, { recursive: true });
});

async function open(directories = [directory]): Promise<WatchedPlaybooks> {
  playbooks = await createPlaybooks({ directories, catalogue: FAKE_CATALOGUE, log });
  return playbooks;
}

describe('createPlaybooks', () => {
  it('takes a changed, a new and a removed file in', async () => {
    const opened = await open();
    expect(opened.get('example')?.title).toBe('Example');
    await writeFile(join(directory, 'example.yml'), VALID.replace('title: Example', 'title: Changed'));
    await vi.waitFor(() => expect(opened.get('example')?.title).toBe('Changed'), 5_000);
    await writeFile(join(directory, 'second.yaml'), VALID);
    await vi.waitFor(
      () => expect(opened.all().map(({ name }) => name)).toEqual(['example', 'second']),
      5_000,
    );
    await rm(join(directory, 'second.yaml'));
    await vi.waitFor(() => expect(opened.all()).toHaveLength(1), 5_000);
  });

  it('has every light probe as a playbook of one step, found by its name in any worker', async () => {
    const opened = await open();
    expect(opened.get('docker.stats')).toMatchObject({
      name: 'docker.stats',
      steps: [{ probes: [{ probe: 'docker.stats' }] }],
      checks: [{ metric: 'docker.stats/cpu_ratio' }],
    });
    expect(opened.get('example+redis.info')?.steps).toHaveLength(2);
    expect(opened.get('docker.nothing')).toBeUndefined();
    expect(opened.all().map(({ name }) => name)).toEqual(['example']);
  });

  it('keeps the last good version of a broken file and says so once', async () => {
    const opened = await open();
    await writeFile(join(directory, 'example.yml'), VALID.replace('title: Example', 'titel: Example'));
    await vi.waitFor(() => expect(opened.problems()).not.toEqual([]), 5_000);
    expect(opened.get('example')?.title).toBe('Example');
    const warned = log.warn.mock.calls.length;
    expect(warned).toBe(opened.problems().length);
    await writeFile(join(directory, 'other.yml'), VALID);
    await vi.waitFor(() => expect(opened.get('other')).toBeDefined(), 5_000);
    expect(log.warn).toHaveBeenCalledTimes(warned);
    await writeFile(join(directory, 'example.yml'), VALID.replace('title: Example', 'title: Mended'));
    await vi.waitFor(() => expect(opened.get('example')?.title).toBe('Mended'), 5_000);
    expect(opened.problems()).toEqual([]);
  });

  it('sees files that an editor saves by renaming', async () => {
    const opened = await open();
    for (const title of ['First', 'Second']) {
      await writeFile(
        join(directory, '.example.yml.tmp'),
        VALID.replace('title: Example', `title: ${title}`),
      );
      await rename(join(directory, '.example.yml.tmp'), join(directory, 'example.yml'));
      await vi.waitFor(() => expect(opened.get('example')?.title).toBe(title), 5_000);
    }
    expect(opened.all()).toHaveLength(1);
  });

  it('lets a later folder take the place of a playbook, and tells of a folder that is not there', async () => {
    const own = await mkdtemp(join(tmpdir(), 'perfbot-own-'));
    await writeFile(join(own, 'example.yml'), VALID.replace('title: Example', 'title: Own'));
    const opened = await open([directory, own, join(directory, 'nowhere')]);
    expect(opened.get('example')?.title).toBe('Own');
    expect(opened.problems()).toEqual([
      { file: join(directory, 'nowhere'), path: '', message: 'the folder cannot be read (ENOENT)' },
    ]);
    await rm(own, { recursive: true });
  });

  it('refuses two files of one name and files that are too large', async () => {
    await writeFile(join(directory, 'example.yaml'), VALID);
    await writeFile(join(directory, 'large.yml'), `# When.\n${'#'.repeat(500_000)}`);
    const opened = await open();
    expect(opened.problems().map(({ message }) => message)).toEqual([
      expect.stringMatching(/same name/),
      expect.stringMatching(/larger/),
    ]);
    expect(opened.get('example')).toBeDefined();
  });
});

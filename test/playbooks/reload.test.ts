import { mkdir, mkdtemp, rename, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { InputError } from '../../src/core/errors.ts';
import { createChecklists } from '../../src/playbooks/checklists.ts';
import { createLoadProfiles } from '../../src/playbooks/load-profiles.ts';
import { renderChecklistList } from '../../src/slack/checklist/checklist-list.ts';

const LIST = (title: string) => `title: ${title}
description: For tests.
items:
  - { id: one, title: The one item }
`;
const SCHEDULES = (at: string, checklist = 'release') => `schedules:
  - { checklist: ${checklist}, on: weekdays, at: "${at}" }
`;
const PROFILE = (rate: number) => `config:
  phases:
    - { duration: 10, arrivalRate: ${rate} }
`;
const WITHIN = { timeout: 10_000, interval: 20 };
const log = { debug: vi.fn(), info: vi.fn(), warn: vi.fn(), error: vi.fn() };

let directory: string;
let opened: { close(): Promise<void> } | undefined;

beforeEach(async () => {
  vi.clearAllMocks();
  directory = await mkdtemp(join(tmpdir(), 'perfbot-reload-'));
  await mkdir(join(directory, 'playbooks'));
});
afterEach(async () => {
  await opened?.close();
  await rm(directory, { recursive: true });
});

const at = (...path: readonly string[]) => join(directory, ...path);

async function openChecklists() {
  const checklists = await createChecklists({
    directories: [at('playbooks')],
    schedulesFile: at('checklists.yaml'),
    defaults: { channel: '#general', timezone: 'UTC' },
    log,
  });
  opened = checklists;
  return checklists;
}

describe('checklists and their schedules', () => {
  it('count without a restart, also when there was not even a folder', async () => {
    const checklists = await openChecklists();
    expect(checklists.all()).toEqual([]);
    await mkdir(at('playbooks', 'checklists'));
    await writeFile(at('playbooks', 'checklists', 'release.yml'), LIST('Before a release'));
    await vi.waitFor(() => expect(checklists.all()).toMatchObject([{ name: 'release' }]), WITHIN);
    await writeFile(at('checklists.yaml'), SCHEDULES('09:00'));
    await vi.waitFor(
      () => expect(checklists.schedules()).toMatchObject([{ cron: '0 9 * * 1,2,3,4,5' }]),
      WITHIN,
    );
    // As an editor saves.
    await writeFile(at('.checklists.yaml.tmp'), SCHEDULES('10:30'));
    await rename(at('.checklists.yaml.tmp'), at('checklists.yaml'));
    await vi.waitFor(
      () => expect(checklists.schedules()).toMatchObject([{ cron: '30 10 * * 1,2,3,4,5' }]),
      WITHIN,
    );
    await rm(at('checklists.yaml'));
    await vi.waitFor(() => expect(checklists.schedules()).toEqual([]), WITHIN);
    expect(log.warn).not.toHaveBeenCalled();
    await mkdir(at('checklists.yaml'));
    const unreadable = { file: at('checklists.yaml'), path: '', message: 'cannot be read (EISDIR)' };
    await vi.waitFor(() => expect(checklists.problems()).toEqual([unreadable]), WITHIN);
    expect(log.warn).toHaveBeenCalledTimes(1);
  });

  it('keep what was good while a file is broken, log it once and tell it', async () => {
    await mkdir(at('playbooks', 'checklists'));
    await writeFile(at('playbooks', 'checklists', 'release.yml'), LIST('Before a release'));
    await writeFile(at('checklists.yaml'), SCHEDULES('09:00'));
    const checklists = await openChecklists();
    await writeFile(at('playbooks', 'checklists', 'release.yml'), '<!channel>: titel\n');
    await vi.waitFor(() => expect(checklists.problems()).not.toEqual([]), WITHIN);
    expect(checklists.all()).toMatchObject([{ title: 'Before a release' }]);
    const warned = log.warn.mock.calls.length;
    expect(warned).toBe(checklists.problems().length);
    await writeFile(at('checklists.yaml'), SCHEDULES('25:00'));
    await vi.waitFor(
      () => expect(checklists.problems().map(({ path }) => path)).toContain('schedules.0.at'),
      WITHIN,
    );
    expect(checklists.schedules()).toMatchObject([{ cron: '0 9 * * 1,2,3,4,5' }]);
    expect(log.warn).toHaveBeenCalledTimes(warned + 1);
    // One broken file does not hold up another.
    await writeFile(at('playbooks', 'checklists', 'other.yml'), LIST('Another'));
    await vi.waitFor(() => expect(checklists.all()).toHaveLength(2), WITHIN);
    const told = renderChecklistList([], { timezone: 'UTC', problems: checklists.problems() });
    expect(told.text).toMatch(/broken.*release\.yml.*schedules\.0\.at/s);
    expect(JSON.stringify(told)).not.toContain('<!channel>');
    await writeFile(at('playbooks', 'checklists', 'release.yml'), LIST('Mended'));
    await writeFile(at('checklists.yaml'), SCHEDULES('11:00'));
    await vi.waitFor(() => expect(checklists.problems()).toEqual([]), WITHIN);
    expect(checklists.all()).toContainEqual(expect.objectContaining({ title: 'Mended' }));
  });

  it('are read again where Kubernetes replaces what it has mounted', async () => {
    const mount = async (version: string, time: string) => {
      await mkdir(at(version));
      await writeFile(at(version, 'checklists.yaml'), SCHEDULES(time));
      await symlink(version, at('..data_tmp'));
      await rename(at('..data_tmp'), at('..data'));
    };
    await mkdir(at('playbooks', 'checklists'));
    await writeFile(at('playbooks', 'checklists', 'release.yml'), LIST('Before a release'));
    await mount('..1', '09:00');
    await symlink('..data/checklists.yaml', at('checklists.yaml'));
    const checklists = await openChecklists();
    for (const [version, hour] of [
      ['..2', 10],
      ['..3', 11],
    ] as const) {
      await mount(version, `${hour}:00`);
      const cron = `0 ${hour} * * 1,2,3,4,5`;
      await vi.waitFor(() => expect(checklists.schedules()).toMatchObject([{ cron }]), WITHIN);
    }
  });

  it('must be valid at the beginning', async () => {
    await writeFile(at('checklists.yaml'), SCHEDULES('09:00', 'nothing'));
    await expect(openChecklists()).rejects.toThrow(InputError);
  });
});

describe('load profiles', () => {
  it('count without a restart, and keep their last good version', async () => {
    await mkdir(at('playbooks', 'loadtests'));
    await writeFile(at('playbooks', 'loadtests', 'light.yml'), PROFILE(5));
    const profiles = await createLoadProfiles({ directories: [at('playbooks')], log });
    opened = profiles;
    expect(profiles.names()).toEqual(['light']);
    await writeFile(at('playbooks', 'loadtests', 'evening.yml'), PROFILE(7));
    await vi.waitFor(
      () => expect(profiles.get('evening')?.stages).toMatchObject([{ ratePerSecond: 7 }]),
      WITHIN,
    );
    await writeFile(at('playbooks', 'loadtests', 'evening.yml'), PROFILE(7000));
    await vi.waitFor(() => expect(profiles.problems()).toHaveLength(1), WITHIN);
    expect(profiles.get('evening')?.stages).toMatchObject([{ ratePerSecond: 7 }]);
    expect(log.warn).toHaveBeenCalledTimes(1);
    await rm(at('playbooks', 'loadtests', 'evening.yml'));
    await vi.waitFor(() => expect(profiles.names()).toEqual(['light']), WITHIN);
    expect(profiles.problems()).toEqual([]);
  });
});

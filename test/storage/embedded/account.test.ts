import { execFile } from 'node:child_process';
import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { describe, expect, it, onTestFinished } from 'vitest';
import { accountForPostgres, asAccount } from '../../../src/storage/embedded/account.ts';

const run = promisify(execFile);

describe('the account of the embedded PostgreSQL', () => {
  it('is not root, and finds programs in a folder that only their owner may enter', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'perfbot-private-'));
    onTestFinished(() => rm(folder, { recursive: true, force: true }));
    const program = join(folder, 'program');
    await writeFile(program, '#!/bin/sh\n');
    await chmod(program, 0o755);
    const runAs = await accountForPostgres([folder]);
    // access(2), as initdb asks whether the server is there.
    const script = 'require("fs").accessSync(process.argv[1], 1); console.log(process.getuid())';
    const { file, args, options } = asAccount(runAs, process.execPath, ['-e', script, program]);
    const { stdout } = await run(file, args, options);
    expect(Number(stdout)).not.toBe(0);
  });
});

import { createJobQueue } from '../../src/queue/job-queue.ts';
import { silentLog } from '../support/silent-log.ts';

// Stands in for a worker that is killed: takes a job, says so, and never ends it.
const queue = await createJobQueue({ ...JSON.parse(process.argv[2] ?? ''), log: silentLog });
const never = async () => {
  process.stdout.write('taken\n');
  await new Promise(() => {});
};
await queue.startWorkers(
  {
    intake: never,
    start_run: never,
    run_step: never,
    conclude_run: never,
    deliver: never,
    sweep: never,
    sample: never,
    upkeep: never,
    checklist: never,
    compare: never,
    load_test: never,
  },
  { zones: ['default'] },
);
process.stdout.write('ready\n');

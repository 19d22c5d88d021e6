import type { LoadPlan, LoadResult, LoadStop, LoadTest } from '../../core/loadtest/load-test.ts';

/** Load tests: at most one at a time for each service, whatever number of workers there is. */
export interface LoadTestStore {
  /** False when a test of the service is under way. The same id again changes nothing and answers true. */
  create(test: Pick<LoadTest, 'id' | 'plan' | 'requestedBy' | 'channel' | 'createdAt'>): Promise<boolean>;
  get(id: string): Promise<LoadTest | undefined>;
  /** The test of a service that is under way. */
  running(service: string): Promise<LoadTest | undefined>;
  /** Takes a test for this worker, once: false when another has it or had it. */
  begin(id: string, leaseUntil: number): Promise<boolean>;
  /** Keeps it. `over`: it was ended by others; `stopBy`: who wants it to stop. */
  renew(
    id: string,
    leaseUntil: number,
  ): Promise<{ readonly over: boolean; readonly stopBy: string | undefined }>;
  /** Keeps others from ending it until the end of the transaction; false when it is over. */
  hold(id: string): Promise<boolean>;
  /** Asks the worker to stop; false when the test is over. */
  askToStop(id: string, userId: string): Promise<boolean>;
  /** Ends a test; false when it was ended before. */
  finish(
    id: string,
    end: {
      readonly state: 'finished' | 'lost';
      readonly at: number;
      readonly result: LoadResult | undefined;
      readonly stop: LoadStop | undefined;
    },
  ): Promise<boolean>;
  /** Tests that nobody works on any more, oldest first. */
  abandoned(at: number, limit: number): Promise<readonly LoadTest[]>;
  /** Tests of a profile, of whatever service, that ended since then, newest first. */
  endedSince(query: { readonly profile: string; readonly since: number }): Promise<readonly LoadTest[]>;
  /** The last test of this service and profile that came to a result, before this one. */
  before(test: {
    readonly id: string;
    readonly plan: Pick<LoadPlan, 'service' | 'profile'>;
  }): Promise<LoadTest | undefined>;
}

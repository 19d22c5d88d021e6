import type { Logger } from '../../src/engine/ports/runtime.ts';

/** A log for tests that do not look at it. */
export const silentLog: Logger = { debug() {}, info() {}, warn() {}, error() {} };

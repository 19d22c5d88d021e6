import type { Logger } from '../../../src/engine/ports/runtime.ts';

export const silentLog: Logger = { debug() {}, info() {}, warn() {}, error() {} };

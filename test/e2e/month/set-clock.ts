import { renameSync, writeFileSync } from 'node:fs';

/** A clock that goes on from a moment; both in milliseconds since the epoch. */
export interface ClockSetting {
  readonly to: number;
  /** What the clock of the machine showed when it was set. */
  readonly setAt: number;
}

export function timeOf({ to, setAt }: ClockSetting): number {
  return to + Date.now() - setAt;
}

/** Sets the clock of all processes that read this file, at once. */
export function setClock(file: string, to: number): ClockSetting {
  const setting = { to, setAt: Date.now() };
  writeFileSync(`${file}.new`, JSON.stringify(setting));
  renameSync(`${file}.new`, file);
  return setting;
}

/** The current time in milliseconds since the epoch. */
export type Clock = () => number;

/** A new unique id; a parameter so that tests can know it. */
export type NewId = () => string;

/** Structured logging: fields first, then a constant sentence. `pino` satisfies it. */
export interface Logger {
  debug(fields: object, message: string): void;
  info(fields: object, message: string): void;
  warn(fields: object, message: string): void;
  error(fields: object, message: string): void;
}

import { type FailureReason, ProbeError } from '../../core/errors.ts';

interface Words {
  readonly reason: FailureReason;
  readonly message: string;
  readonly mend?: string;
}

const REFUSALS: Readonly<Record<string, Words>> = {
  gone: { reason: 'not_found', message: 'The Node process ended before it could be looked at.' },
  permission: {
    reason: 'permission',
    message: 'The Node process belongs to another user than the commands that perfbot runs in the container.',
    mend: 'start it as that user (USER in the Dockerfile, gosu, su-exec) instead of calling process.setuid()',
  },
  not_node: {
    reason: 'unsupported',
    message: 'The process is no Node process any more; nothing was sent to it.',
  },
  signal: {
    reason: 'unsupported',
    message: 'The Node process does not listen for SIGUSR1, which would end it; nothing was sent to it.',
    mend: 'start the application without --disable-sigusr1, and try again when it has started',
  },
  port_taken: {
    reason: 'unsupported',
    message: 'Something else listens on the port of the inspector.',
    mend: 'start the application with --inspect-port=127.0.0.1:PORT and a port that is free',
  },
  stays_closed: {
    reason: 'unsupported',
    message: 'The Node process did not open its inspector; the application may handle SIGUSR1 itself.',
    mend: 'leave SIGUSR1 to Node (no process.on("SIGUSR1")), or collect nodejs_* metrics with prom-client',
  },
  busy: { reason: 'overloaded', message: 'Another measurement of this process took too long; try again.' },
  other_process: {
    reason: 'unsupported',
    message: 'Another Node process of the container holds the port of the inspector.',
    mend: 'start each process with its own --inspect-port',
  },
};

/** What the relay refused with its code, in words for people. */
export function relayRefusal(code: string, detail: string, container: string): ProbeError {
  const words = REFUSALS[code] ?? {
    reason: 'unreachable' as const,
    message: 'The inspector of the Node process could not be reached.',
  };
  return new ProbeError(words.reason, `inspector of ${container}: ${code} ${detail.slice(0, 200)}`, {
    userMessage: `${container}: ${words.message}`,
    ...(words.mend !== undefined && { mend: words.mend }),
  });
}

import { type FailureReason, PerfbotError } from '../core/errors.ts';

export type DeliveryOutcome =
  /** Never possible as it is; trying again changes nothing. */
  | 'permanent'
  /** Certainly not done; possible later. */
  | 'later'
  /** The answer was lost: it may have been done. */
  | 'ambiguous';

/** Why a message did not go out, and what that means for trying again. */
export class DeliveryError extends PerfbotError {
  override readonly name = 'DeliveryError';
  readonly outcome: DeliveryOutcome;
  /** Milliseconds that the messenger asked us to wait. */
  readonly retryAfterMs: number | undefined;
  /** The messenger's own word, for example `not_in_channel`. */
  readonly code: string;

  constructor(
    outcome: DeliveryOutcome,
    code: string,
    options: {
      reason?: FailureReason;
      retryAfterMs?: number;
      userMessage?: string;
      mend?: string;
      cause?: unknown;
    } = {},
  ) {
    super(
      options.reason ?? (outcome === 'permanent' ? 'invalid_input' : 'unreachable'),
      `message not delivered: ${code}`,
      options,
    );
    this.outcome = outcome;
    this.code = code;
    this.retryAfterMs = options.retryAfterMs;
  }
}

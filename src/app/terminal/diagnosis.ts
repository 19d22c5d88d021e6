/** What one check found; `mend` says how to set it right. */
export interface Diagnosis {
  readonly subject: string;
  readonly state: 'ok' | 'warning' | 'failed';
  readonly detail: string;
  readonly mend?: string;
}

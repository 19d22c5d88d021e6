/** A problem before its line is looked up. `onKey` names a field inside of the path. */
export interface PlaybookIssue {
  readonly path: readonly PropertyKey[];
  readonly message: string;
  readonly onKey?: string;
}

/** What the app answered: a JSON object or text, `undefined` for nothing; or why Slack would say it failed. */
export type Receipt =
  | { readonly ok: true; readonly body: unknown }
  | { readonly ok: false; readonly error: 'operation_timeout' | 'dispatch_failed' };

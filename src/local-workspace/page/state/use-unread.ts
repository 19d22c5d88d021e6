import { useEffect, useState } from 'react';
import type { Message } from '../../protocol.ts';
import { useWorkspaceState } from './workspace-context.ts';

type Latest = Readonly<Record<string, string>>;

/** The `ts` of the newest message of each channel, replies included. */
function latestByChannel(messages: readonly Message[]): Latest {
  const latest: Record<string, string> = {};
  for (const { channel, ts } of messages) if (ts > (latest[channel] ?? '')) latest[channel] = ts;
  return latest;
}

/** The channels in which something was said since they were last shown, or since the page was opened. */
export function useUnread(shown: string | undefined): ReadonlySet<string> {
  const { messages } = useWorkspaceState();
  const latest = latestByChannel(messages);
  const [seen, setSeen] = useState<Latest>(latest);
  const newest = shown === undefined ? undefined : latest[shown];
  useEffect(() => {
    if (shown !== undefined && newest !== undefined) setSeen((before) => ({ ...before, [shown]: newest }));
  }, [shown, newest]);
  const isUnread = ([channel, ts]: [string, string]) => channel !== shown && ts > (seen[channel] ?? '');
  return new Set(
    Object.entries(latest)
      .filter(isUnread)
      .map(([channel]) => channel),
  );
}

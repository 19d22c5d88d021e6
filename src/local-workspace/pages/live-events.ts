import type { ServerResponse } from 'node:http';
import type { WorkspaceEvent } from '../protocol.ts';

const COMMENT_EVERY_MS = 15_000;
/** A page that does not read is cut off; it comes again and reads the state. */
const MOST_WAITING_BYTES = 4 * 1024 * 1024;

/** Open pages that hear of every change (server-sent events). */
export interface LiveEvents {
  open(response: ServerResponse): void;
  send(event: WorkspaceEvent): void;
  close(): void;
}

export function createLiveEvents(): LiveEvents {
  const pages = new Set<ServerResponse>();
  const write = (text: string) => {
    for (const page of pages) {
      if (page.writableLength > MOST_WAITING_BYTES) page.destroy();
      else page.write(text);
    }
  };
  const comments = setInterval(() => write(': still here\n\n'), COMMENT_EVERY_MS);
  comments.unref();
  return {
    open(response) {
      response.writeHead(200, {
        'content-type': 'text/event-stream; charset=utf-8',
        'cache-control': 'no-store',
        'x-content-type-options': 'nosniff',
        'x-accel-buffering': 'no',
      });
      response.write('retry: 1000\n\n');
      pages.add(response);
      response.on('close', () => pages.delete(response));
    },
    send: (event) => write(`data: ${JSON.stringify(event)}\n\n`),
    close() {
      clearInterval(comments);
      for (const page of pages) page.end();
      pages.clear();
    },
  };
}

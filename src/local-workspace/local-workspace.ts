import type { IncomingMessage, ServerResponse } from 'node:http';
import { join } from 'node:path';
import type { Duplex } from 'node:stream';
import { fileURLToPath } from 'node:url';
import type { Clock, Logger } from '../engine/ports/runtime.ts';
import { createSockets } from './delivery/sockets.ts';
import { createDelivery } from './delivery/to-perfbot.ts';
import { originOf } from './http.ts';
import { createMisbehaviour, type MisbehaviourOrder } from './misbehaviour.ts';
import { createLiveEvents } from './pages/live-events.ts';
import { createRoutes } from './routes.ts';
import { openBlobs } from './state/blobs.ts';
import { openStore } from './state/store.ts';
import { createTriggers } from './state/triggers.ts';
import { createFeed, type Workspace } from './state/workspace.ts';
import { createTimers } from './timers.ts';
import { createWebApi } from './web-api/serve-web-api.ts';

/** The same path from src/ and from dist/. */
const BUILT_PAGE = fileURLToPath(new URL('../../dist/local-workspace/page', import.meta.url));

export interface LocalWorkspaceOptions {
  readonly now: Clock;
  readonly log: Logger;
  /** What perfbot and the workspace know of each other. */
  readonly secrets: { readonly botToken: string; readonly signingSecret: string; readonly appToken: string };
  /** Keeps messages and files over restarts; without it they live in memory. For one process at a time. */
  readonly directory?: string;
  /** Folder of the built page. Default: where the build puts it. */
  readonly pageDirectory?: string;
  /** Takes the body of a sample alert; without it the page's sample alerts are refused. */
  readonly sendAlert?: (body: unknown) => Promise<void>;
  /** Host names, besides the loopback ones, under which the page may be opened. */
  readonly hosts?: readonly string[];
}

/** A strict stand-in for Slack, with a page to use it from. */
export interface LocalWorkspace {
  /** Serves `/` and `/local/…`, 404 for the rest. Never rejects. */
  handle(request: IncomingMessage, response: ServerResponse): Promise<void>;
  /** Takes the websockets of Socket Mode, below `/local/socket`. */
  upgrade(request: IncomingMessage, socket: Duplex, head: Buffer): void;
  /** Where commands, presses and events are sent while no socket is connected: perfbot's `…/slack/events`. */
  deliverTo(requestUrl: string): void;
  /** Goes wrong on purpose, for tests. */
  misbehave(rule: MisbehaviourOrder): void;
  close(): Promise<void>;
}

/** Opens the workspace; with a `directory` it goes on where it was, also after kill -9. */
export async function createLocalWorkspace(options: LocalWorkspaceOptions): Promise<LocalWorkspace> {
  const { now, log, secrets, directory, sendAlert } = options;
  const store = openStore({ directory, now });
  const files = new Set(store.files.all().map(({ id }) => id));
  const blobs = await openBlobs(directory === undefined ? undefined : join(directory, 'files'), files);
  const timers = createTimers();
  const feed = createFeed();
  const workspace: Workspace = {
    store,
    blobs,
    feed,
    now,
    log,
    triggers: createTriggers(now),
    later: timers.later,
  };
  const misbehaviour = createMisbehaviour();
  const sockets = createSockets(now);
  const live = createLiveEvents();
  feed.subscribe(live.send);

  let requestUrl: string | undefined;
  // How perfbot reaches us: as it calls the Web API, else as it is reached itself, else as the page was opened.
  const origin: { calledAt?: string; openedAt?: string } = {};
  const ownOrigin = () =>
    origin.calledAt ?? (requestUrl ? new URL(requestUrl).origin : (origin.openedAt ?? 'http://127.0.0.1'));
  const toPerfbot = createDelivery({
    signingSecret: secrets.signingSecret,
    requestUrl: () => requestUrl,
    sockets,
    misbehaviour,
    later: timers.later,
    now,
    log,
  });
  const handle = createRoutes({
    requests: {
      workspace,
      toPerfbot,
      misbehaviour,
      sendAlert,
      responseUrl: (id) => `${ownOrigin()}/local/response/${id}`,
    },
    live,
    webApi: createWebApi({
      workspace,
      misbehaviour,
      secrets,
      openSocket: sockets.open,
      reachedAt: (address) => {
        origin.calledAt = address;
      },
    }),
    pageDirectory: options.pageDirectory ?? BUILT_PAGE,
    hosts: options.hosts ?? [],
    seenAt: (request) => {
      origin.openedAt = originOf(request);
    },
  });
  return {
    handle,
    upgrade: sockets.upgrade,
    deliverTo(url) {
      requestUrl = url;
    },
    misbehave: misbehaviour.give,
    async close() {
      timers.close();
      live.close();
      sockets.close();
      store.close();
    },
  };
}

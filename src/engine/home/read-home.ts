import { type Round, type RoundItem, roundKey } from '../../core/checklist/round.ts';
import { cardKey, cardOwner } from '../../core/run.ts';
import { compareSeverity, type Severity, worst } from '../../core/severity.ts';
import { currentSchedules } from '../checklists/current-schedules.ts';
import { upcoming } from '../checklists/upcoming.ts';
import type { Checklists } from '../ports/checklists.ts';
import type { AlertGroup } from '../ports/group-store.ts';
import type { BriefRun, ServiceHealth } from '../ports/home.ts';
import type { MessageAddress } from '../ports/message.ts';
import type { Clock } from '../ports/runtime.ts';
import type { Database } from '../ports/stores.ts';

// Times are milliseconds since the epoch.

/** A service as the last looks of the monitor and the alerts that fire say. */
export interface HomeService {
  readonly service: string;
  readonly severity: Severity;
  /** Titles of its alerts. */
  readonly alerts: readonly string[];
  readonly measuredAt: number | undefined;
}

/** Something with the message that it is about; without an address it was not posted, or not yet. */
export type Posted<T> = T & { readonly address: MessageAddress | undefined };

/** An item that nobody has ticked yet. */
export interface OpenItem {
  readonly round: Pick<Round, 'id' | 'title' | 'channel' | 'dueAt' | 'timezone'>;
  readonly item: RoundItem;
}

/** The next round of a schedule. */
export interface NextRound {
  readonly title: string;
  readonly channel: string;
  readonly timezone: string;
  readonly at: number;
}

/** Everything that App Home shows. */
export interface HomeState {
  readonly at: number;
  /** Worst first, then by name. */
  readonly services: readonly HomeService[];
  /** Worst first, then newest first. */
  readonly alerts: readonly Posted<{ readonly group: AlertGroup }>[];
  /** Newest round first. */
  readonly open: readonly Posted<OpenItem>[];
  /** Soonest first. */
  readonly next: readonly NextRound[];
  /** Newest first. */
  readonly runs: readonly Posted<{ readonly run: BriefRun }>[];
}

export interface HomeOptions {
  readonly database: Database;
  readonly checklists: Checklists;
  readonly now: Clock;
  /** A service that was not measured for so long is not known to be fine. */
  staleAfterMs(service: string): number;
}

const MOST_ALERTS = 200;
const MOST_ROUNDS = 50;
const RUNS = 10;

/** Reads the present state from PostgreSQL alone: nothing is probed, so it is there at once. */
export async function readHome({ database, checklists, now, ...options }: HomeOptions): Promise<HomeState> {
  const at = now();
  const [health, groups, rounds, runs, next] = await Promise.all([
    database.overview.serviceHealth(),
    database.groups.recent({ state: 'firing', limit: MOST_ALERTS }),
    database.checklists.openRounds(MOST_ROUNDS),
    database.overview.briefRuns(RUNS),
    nextRounds(database, checklists, at),
  ]);
  const runKeys = new Map(runs.map((run) => [run.id, keyOf(run)]));
  const addresses = await database.overview.addresses([
    ...groups.map(({ id }) => cardKey({ kind: 'group', groupId: id })),
    ...rounds.map(({ id }) => roundKey(id)),
    ...[...runKeys.values()].filter((key) => key !== undefined),
  ]);
  return {
    at,
    services: homeServices(health, groups, (service) => at - options.staleAfterMs(service)),
    alerts: groups
      .map((group) => ({ group, address: addresses.get(cardKey({ kind: 'group', groupId: group.id })) }))
      .sort(
        (a, b) =>
          compareSeverity(b.group.severity, a.group.severity) || b.group.startedAt - a.group.startedAt,
      ),
    open: rounds.flatMap((round) =>
      round.items
        .filter(({ checked }) => !checked)
        .map((item) => ({ round, item, address: addresses.get(roundKey(round.id)) })),
    ),
    next,
    runs: runs.map((run) => ({ run, address: addresses.get(runKeys.get(run.id) ?? '') })),
  };
}

/** What is measured, and what alerts speak of: the worst of its alerts, else whether it could be measured lately. */
function homeServices(
  health: readonly ServiceHealth[],
  groups: readonly AlertGroup[],
  staleBefore: (service: string) => number,
): readonly HomeService[] {
  const names = new Set([
    ...health.map(({ service }) => service),
    ...groups.flatMap(({ service }) => service ?? []),
  ]);
  return [...names]
    .map((service) => {
      const looks = health.find((known) => known.service === service);
      const alerts = groups.filter((group) => group.service === service);
      const seen =
        looks?.measuredAt !== undefined &&
        looks.measuredAt >= staleBefore(service) &&
        looks.failed < looks.looks;
      return {
        service,
        severity: worst([...alerts.map(({ severity }) => severity), seen ? 'ok' : 'unknown']),
        alerts: alerts.map(({ title }) => title),
        measuredAt: looks?.measuredAt,
      };
    })
    .sort((a, b) => compareSeverity(b.severity, a.severity) || a.service.localeCompare(b.service));
}

async function nextRounds(
  database: Database,
  checklists: Checklists,
  now: number,
): Promise<readonly NextRound[]> {
  const schedules = await currentSchedules(checklists, database.checklists);
  const states = await database.checklists.scheduleStates(schedules.map(({ id }) => id));
  return schedules
    .flatMap((schedule) => {
      const state = states.find(({ id }) => id === schedule.id);
      const next = upcoming(schedule, state, { now, count: 2 }).find(({ skipped }) => !skipped);
      const title = checklists.all().find(({ name }) => name === schedule.checklist)?.title;
      const { channel, timezone } = schedule;
      return next === undefined || title === undefined ? [] : [{ title, channel, timezone, at: next.at }];
    })
    .sort((a, b) => a.at - b.at);
}

function keyOf(run: BriefRun): string | undefined {
  const owner = cardOwner(run);
  return owner && cardKey(owner);
}

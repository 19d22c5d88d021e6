import type { AcknowledgeResult } from '../engine/commands/acknowledge.ts';
import type { RequestRun } from '../engine/commands/request-run.ts';
import type { ShowRun } from '../engine/commands/show-run.ts';
import type { Inventory } from '../engine/ports/inventory.ts';
import type { Messenger } from '../engine/ports/message.ts';
import type { Playbooks } from '../engine/ports/playbooks.ts';
import type { Clock } from '../engine/ports/runtime.ts';
import type { Database } from '../engine/ports/stores.ts';
import type { ChecklistHandlers } from './checklist-handlers.ts';
import type { DiagnoseHandlers } from './diagnose-handlers.ts';
import type { HistoryHandlers } from './history-handlers.ts';
import type { HomeHandlers } from './home-handlers.ts';
import type { LoadTestHandlers } from './load-test-handlers.ts';
import type { SilenceHandlers } from './silence-handlers.ts';

/** What commands and buttons work with. */
export interface SlackHandlersOptions {
  readonly database: Database;
  readonly inventory: Inventory;
  readonly playbooks: Playbooks;
  readonly requestRun: RequestRun;
  readonly showRun: ShowRun;
  readonly acknowledge: (groupId: string, userId: string) => Promise<AcknowledgeResult>;
  readonly canPost: Messenger['canPost'];
  readonly checklistHandlers: ChecklistHandlers;
  readonly diagnoseHandlers: DiagnoseHandlers;
  readonly historyHandlers: HistoryHandlers;
  readonly homeHandlers: HomeHandlers;
  readonly loadTestHandlers: LoadTestHandlers;
  readonly silenceHandlers: SilenceHandlers;
  readonly timezone: string;
  readonly now: Clock;
}

import type {
  ActionRequest,
  CommandAnswer,
  CommandRequest,
  SlackHandlers,
} from '../../../src/slack/receiver/handlers.ts';

/** Handlers that remember what came and answer what a test sets. */
export function recordingHandlers() {
  const commands: CommandRequest[] = [];
  const actions: ActionRequest[] = [];
  const answer = { command: async (): Promise<CommandAnswer> => ({ kind: 'silent' }) };
  const handlers: SlackHandlers = {
    onCommand(request) {
      commands.push(request);
      return answer.command();
    },
    onAction(request) {
      actions.push(request);
      return answer.command();
    },
  };
  return { handlers, commands, actions, answer };
}

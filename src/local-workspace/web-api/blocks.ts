import { isObject } from '../../core/block-kit/rule.ts';
import { checkMessage } from '../../core/block-kit/rules.ts';
import type { Block } from '../protocol.ts';
import { newBlockId } from '../state/ids.ts';
import { isReady } from '../state/page-messages.ts';
import type { StoredFile } from '../state/records.ts';
import type { Workspace } from '../state/workspace.ts';
import { findDeep, refusalOf, refuseBroken } from './refusal.ts';

/** The parts of a message that people write. */
export interface Content {
  readonly text?: unknown;
  readonly blocks?: unknown;
  readonly attachments?: unknown;
  readonly metadata?: unknown;
}

/** Refuses what Slack would refuse. @throws SlackRefusal */
export function refuseContent(workspace: Workspace, content: Content): void {
  refuseBroken(checkMessage(content));
  refuseUnknownFiles(workspace, content.blocks, '/blocks');
}

/** An image from a file that is not there, no picture, or still being processed. @throws SlackRefusal */
export function refuseUnknownFiles({ store, now }: Workspace, blocks: unknown, path: string): void {
  const wrong = findDeep(blocks, 'slack_file', path).filter(({ found }) => {
    const file = store.files.all().find((candidate) => isMeant(candidate, found));
    return file === undefined || !isReady(file, now()) || !file.mimetype.startsWith('image/');
  });
  if (wrong.length === 0) return;
  throw refusalOf(
    'invalid_blocks',
    wrong.map((place) => `invalid slack file [json-pointer:${place.path}]`),
  );
}

function isMeant(file: StoredFile, reference: unknown): boolean {
  if (!isObject(reference)) return false;
  return (
    reference.id === file.id || (typeof reference.url === 'string' && reference.url.includes(`/${file.id}/`))
  );
}

/** Gives ids to blocks and interactive elements that have none, as Slack does. */
export function withIds(blocks: readonly Block[]): Block[] {
  return blocks.map((block) => ({
    ...block,
    block_id: typeof block.block_id === 'string' && block.block_id !== '' ? block.block_id : newBlockId(),
    ...(Array.isArray(block.child_blocks) && { child_blocks: withIds(block.child_blocks.filter(isObject)) }),
    ...((block.type === 'actions' || block.type === 'context_actions') &&
      Array.isArray(block.elements) && { elements: block.elements.map(withActionId) }),
    ...(isObject(block.accessory) && { accessory: withActionId(block.accessory) }),
    ...(isObject(block.element) && { element: withActionId(block.element) }),
  }));
}

function withActionId(element: unknown): unknown {
  if (!isObject(element) || element.type === 'image') return element;
  return typeof element.action_id === 'string' && element.action_id !== ''
    ? element
    : { ...element, action_id: newBlockId() };
}

/** What passed the rules, in the form in which it is kept. */
export function toStored(content: Content): {
  text: string;
  blocks?: Record<string, unknown>[];
  attachments?: Record<string, unknown>[];
} {
  return {
    text: typeof content.text === 'string' ? content.text : '',
    ...(hasItems(content.blocks) && { blocks: withIds(content.blocks.filter(isObject)) }),
    ...(hasItems(content.attachments) && { attachments: content.attachments.filter(isObject) }),
  };
}

function hasItems(value: unknown): value is readonly unknown[] {
  return Array.isArray(value) && value.length > 0;
}

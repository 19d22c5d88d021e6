import { MESSAGE_BLOCKS } from './block-rules.ts';
import { LIMITS } from './limits.ts';
import { messageSize, textLength } from './message-size.ts';
import { type BlockKitProblem, byType, isObject, list, refuse } from './rule.ts';
import { checkUniqueIds } from './unique-ids.ts';
import { view } from './view-rules.ts';

/** The parts of a message that Slack checks. Unknown on purpose: they are outside bytes until they are checked. */
export interface CheckedMessage {
  readonly text?: unknown;
  readonly blocks?: unknown;
  readonly attachments?: unknown;
  readonly metadata?: unknown;
}

const messageBlocks = list(byType(MESSAGE_BLOCKS), { max: LIMITS.message.blocks });

/** Every rule of Slack that a message breaks, empty when Slack takes it. Paths are JSON pointers: `/blocks/0/text`. */
export function checkMessage(message: CheckedMessage): readonly BlockKitProblem[] {
  const blocks = Array.isArray(message.blocks) ? message.blocks : [];
  const attachments = Array.isArray(message.attachments) ? message.attachments : [];
  return [
    ...checkText(message.text, blocks.length + attachments.length > 0),
    ...(message.blocks === undefined ? [] : messageBlocks(message.blocks, '/blocks')),
    ...checkUniqueIds(blocks, '/blocks'),
    ...checkTotals(blocks, attachments),
    ...checkAttachments(message.attachments),
    ...checkMetadata(message.metadata),
  ];
}

function checkText(text: unknown, hasBlocks: boolean): readonly BlockKitProblem[] {
  if (text !== undefined && typeof text !== 'string')
    return refuse('/text', 'must be a string', 'invalid_arguments');
  if (text === undefined || text.trim() === '') {
    return hasBlocks
      ? refuse(
          '/text',
          'write `text` beside blocks: screen readers and notifications show only it',
          'advised',
        )
      : refuse('/text', 'a message needs text, blocks or attachments', 'no_text');
  }
  const { text: max } = LIMITS.message;
  return text.length > max ? refuse('/text', `must be less than ${max + 1} characters`, 'msg_too_long') : [];
}

function checkTotals(
  blocks: readonly unknown[],
  attachments: readonly unknown[],
): readonly BlockKitProblem[] {
  const everywhere = [...blocks, ...attachments.flatMap(blocksOfAttachment)];
  const ofType = (...types: readonly string[]) =>
    everywhere.filter((block) => isObject(block) && types.includes(String(block.type)));
  const { characters, markdownCharacters, tables, tableCharacters, charts } = LIMITS.message;
  const size = messageSize(everywhere);
  return [
    ...(size > characters
      ? refuse(
          '/blocks',
          `all blocks together: ${size} characters, ${characters} allowed`,
          'msg_blocks_too_long',
        )
      : []),
    ...(textLength(ofType('markdown')) > markdownCharacters
      ? refuse('/blocks', `markdown blocks: more than ${markdownCharacters} characters together`)
      : []),
    ...(ofType('table', 'data_table').length > tables
      ? refuse('/blocks', 'only one table is allowed in a message', 'only_one_table_allowed')
      : []),
    ...(textLength(ofType('table')) > tableCharacters
      ? refuse('/blocks', `tables: more than ${tableCharacters} characters together`)
      : []),
    ...(ofType('data_visualization').length > charts
      ? refuse('/blocks', `no more than ${charts} data_visualization blocks allowed`)
      : []),
  ];
}

function blocksOfAttachment(attachment: unknown): readonly unknown[] {
  return isObject(attachment) && Array.isArray(attachment.blocks) ? attachment.blocks : [];
}

function checkAttachments(attachments: unknown): readonly BlockKitProblem[] {
  if (attachments === undefined) return [];
  if (!Array.isArray(attachments)) return refuse('/attachments', 'must be an array', 'invalid_attachments');
  const max = LIMITS.message.attachments;
  const many =
    attachments.length > max
      ? refuse('/attachments', `no more than ${max} items allowed`, 'too_many_attachments')
      : [];
  return [
    ...many,
    ...attachments.flatMap((attachment: unknown, index) => {
      const path = `/attachments/${index}`;
      if (!isObject(attachment)) return refuse(path, 'must be an object', 'invalid_attachments');
      return attachment.blocks === undefined ? [] : messageBlocks(attachment.blocks, `${path}/blocks`);
    }),
  ];
}

function checkMetadata(metadata: unknown): readonly BlockKitProblem[] {
  if (metadata === undefined) return [];
  const code = 'invalid_metadata_format';
  if (!isObject(metadata)) return refuse('/metadata', 'must be an object', code);
  // An empty object is how chat.update clears metadata.
  if (Object.keys(metadata).length === 0) return [];
  const { event_type: type, event_payload: payload } = metadata;
  if (typeof type !== 'string' || !/^\w[\w.-]*$/.test(type)) {
    return refuse('/metadata/event_type', 'must be letters, digits and underscores', code);
  }
  if (!isObject(payload)) return refuse('/metadata/event_payload', 'must be an object', code);
  const nested = Object.entries(payload).find(([, value]) => value === null || value === undefined);
  if (nested) return refuse(`/metadata/event_payload/${nested[0]}`, 'must not be null', code);
  return JSON.stringify(payload).length > LIMITS.message.metadataBytes
    ? refuse('/metadata/event_payload', 'too large', 'metadata_too_large')
    : [];
}

/** Every rule of Slack that a modal or home view breaks, empty when Slack takes it. */
export function checkView(value: unknown): readonly BlockKitProblem[] {
  const blocks = isObject(value) && Array.isArray(value.blocks) ? value.blocks : [];
  return [...view(value, ''), ...checkUniqueIds(blocks, '/blocks')].map((problem) =>
    problem.code === 'invalid_blocks' ? { ...problem, code: 'invalid_arguments' } : problem,
  );
}

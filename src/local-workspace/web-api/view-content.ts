import { isObject } from '../../core/block-kit/rule.ts';
import { checkView } from '../../core/block-kit/rules.ts';
import type { Block } from '../protocol.ts';
import type { Workspace } from '../state/workspace.ts';
import { refuseUnknownFiles, withIds } from './blocks.ts';
import { refusalOf, refuseBroken, SlackRefusal } from './refusal.ts';

/** A view that passed the rules, with ids where they were missing. @throws SlackRefusal */
export function acceptView(workspace: Workspace, body: unknown, type: 'modal' | 'home' | 'any'): Block {
  if (!isObject(body)) throw refusalOf('invalid_arguments', ['missing required field: view']);
  refuseBroken(checkView(body).map((problem) => ({ ...problem, path: `/view${problem.path}` })));
  if (type !== 'any' && body.type !== type) {
    throw refusalOf('invalid_arguments', [`must be of type ${type} [json-pointer:/view/type]`]);
  }
  refuseUnknownFiles(workspace, body.blocks, '/view/blocks');
  refuseUsedExternalId(workspace, body);
  return { ...body, blocks: Array.isArray(body.blocks) ? withIds(body.blocks.filter(isObject)) : [] };
}

function refuseUsedExternalId({ store }: Workspace, { external_id: id, type }: Block): void {
  if (typeof id !== 'string' || id === '' || type === 'home') return;
  if (store.views.all().filter(({ view }) => view.external_id === id).length > 1) {
    throw new SlackRefusal('duplicate_external_id');
  }
}

import { z } from 'zod';
import { isObject } from '../../core/block-kit/rule.ts';
import { checkMessage, checkView } from '../../core/block-kit/rules.ts';
import type { User } from '../protocol.ts';
import { APP_ID, BOT, BOT_ID, TEAM, USERS } from '../state/seed.ts';
import { count, json, type Method, method, optionalText } from './method.ts';
import { pageOf } from './pages.ts';
import { refusalOf, SlackRefusal } from './refusal.ts';

const nothing = z.looseObject({});

const authTest = method(nothing, (_args, { origin }) => ({
  url: `${origin}/`,
  team: TEAM.name,
  user: BOT.name,
  team_id: TEAM.id,
  user_id: BOT.id,
  bot_id: BOT_ID,
  app_id: APP_ID,
  is_enterprise_install: false,
}));

const apiTest = method(nothing, ({ error, ...args }) => {
  if (typeof error === 'string') throw new SlackRefusal(error, { args: { error, ...args } });
  return { args };
});

const listUsers = method(z.object({ limit: count.default(200), cursor: optionalText }), (args) => {
  const { page, next } = pageOf(USERS, { ...args, limit: args.limit || 200 }, ({ id }) => id);
  return { members: page.map(toApiUser), response_metadata: { next_cursor: next } };
});

const user = method(z.object({ user: z.string() }), ({ user: id }) => {
  const found = USERS.find((entry) => entry.id === id);
  if (found === undefined) throw new SlackRefusal('user_not_found');
  return { user: toApiUser(found) };
});

const validate = method(
  z.object({
    blocks: json('invalid_arguments'),
    message: json('invalid_arguments'),
    view: json('invalid_arguments'),
  }),
  ({ blocks, message, view }) => {
    const given = Object.entries({ blocks, message, view }).filter(([, value]) => value !== undefined);
    const [kind, value] = given[0] ?? [];
    if (kind === undefined || given.length !== 1) {
      throw refusalOf('invalid_arguments', ['exactly one of blocks, message and view is needed']);
    }
    const problems = kind === 'view' ? checkView(value) : checkMessage(messageOf(kind, value));
    const errors = problems
      .filter(({ code }) => code !== 'advised')
      .map(({ path, message: text, code }) => ({ pointer: path, code, message: text }));
    if (errors.length > 0) throw new SlackRefusal(`invalid_${kind}`, { errors });
    return {};
  },
);

/** Methods that are open to all who hold the bot token; `api.test` and `blocks.validate` need none. */
export const TEAM_METHODS: Readonly<Record<string, Method>> = {
  'auth.test': authTest,
  'api.test': apiTest,
  'users.list': listUsers,
  'users.info': user,
  'usergroups.list': method(nothing, () => ({ usergroups: [] })),
  'blocks.validate': validate,
};

function messageOf(kind: string, value: unknown): Record<string, unknown> {
  if (kind === 'blocks') return { text: 'only the blocks are asked about', blocks: value };
  return isObject(value) ? { ...value } : { text: value };
}

function toApiUser({ id, name, realName, isBot }: User): Record<string, unknown> {
  return {
    id,
    name,
    team_id: TEAM.id,
    real_name: realName,
    deleted: false,
    is_bot: isBot,
    is_app_user: false,
    tz: 'Etc/UTC',
    tz_label: 'Coordinated Universal Time',
    tz_offset: 0,
    profile: {
      real_name: realName,
      display_name: name,
      ...(isBot && { bot_id: BOT_ID, api_app_id: APP_ID }),
    },
  };
}

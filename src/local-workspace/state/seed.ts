import type { User } from '../protocol.ts';
import type { StoredChannel } from './records.ts';

export const TEAM = { id: 'T0LOCAL001', name: 'Local workspace', domain: 'local' } as const;
export const APP_ID = 'A0PERFBOT1';
export const BOT_ID = 'B0PERFBOT1';
export const BOT: User = { id: 'U0PERFBOT1', name: 'perfbot', realName: 'perfbot', isBot: true };
/** Who sits in front of the page. */
export const ME: User = { id: 'U0YOU00001', name: 'you', realName: 'You', isBot: false };
const TEAMMATE: User = { id: 'U0TEAMMATE', name: 'teammate', realName: 'Teammate', isBot: false };
export const USERS: readonly User[] = [ME, TEAMMATE, BOT];

export const COMMANDS = [{ command: '/perf', hint: 'help | status | run <playbook> | alerts' }] as const;

const everybody = USERS.map(({ id }) => id);

/** The channels of a new workspace. The bot is in all but #random. */
export const CHANNELS: readonly StoredChannel[] = [
  { id: 'C0GENERAL1', name: 'general', members: everybody, created: 0 },
  { id: 'C0INCIDENT', name: 'incidents', members: everybody, created: 0 },
  { id: 'C0RANDOM01', name: 'random', members: everybody.filter((id) => id !== BOT.id), created: 0 },
];

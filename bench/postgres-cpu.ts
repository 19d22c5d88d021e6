import { readdirSync, readFileSync } from 'node:fs';

/** Jiffies of `/proc/<pid>/stat`; Linux says 100 a second to all programs. */
const TICK_MS = 10;

/** CPU time of all processes of PostgreSQL that this process has started, milliseconds; those that ended count at their parent. */
export function postgresCpuMs(): number {
  const processes = readdirSync('/proc').flatMap((pid) => {
    try {
      const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
      const fields = stat
        .slice(stat.lastIndexOf(')') + 2)
        .split(' ')
        .map(Number);
      const [, parent = 0, user = 0, system = 0, endedUser = 0, endedSystem = 0] = [0, 1, 11, 12, 13, 14].map(
        (index) => fields[index],
      );
      return [{ pid: Number(pid), parent, name: stat, ticks: user + system + endedUser + endedSystem }];
    } catch {
      return [];
    }
  });
  const own = new Set([process.pid]);
  for (let grown = -1; grown !== own.size; ) {
    grown = own.size;
    for (const { pid, parent } of processes) if (own.has(parent)) own.add(pid);
  }
  return processes
    .filter(({ pid, name }) => own.has(pid) && name.includes('(postgres)'))
    .reduce((sum, { ticks }) => sum + ticks * TICK_MS, 0);
}

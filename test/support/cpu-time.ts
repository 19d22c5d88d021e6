/** CPU time that `work` takes, in milliseconds: unlike the time on the clock, no other program makes it longer. */
export function cpuTimeMs(work: () => void): number {
  const before = process.cpuUsage();
  work();
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1000;
}

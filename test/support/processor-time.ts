/**
 * Milliseconds of processor time that this process spent while `run` ran. Unlike elapsed time, it does not grow where other
 * processes take the cores.
 */
export function processorTime(run: () => void): number {
  const before = process.cpuUsage();
  run();
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1_000;
}

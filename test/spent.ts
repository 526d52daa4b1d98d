/** Processor time of this process, in milliseconds: a machine that is busy elsewhere adds none. */
export function spentMs(): number {
  const { user, system } = process.cpuUsage()
  return (user + system) / 1000
}

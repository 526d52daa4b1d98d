/** Processor time of this process, in milliseconds: a machine that is busy elsewhere adds none. */
export function spentMs(): number {
  const { user, system } = process.cpuUsage()
  return (user + system) / 1000
}

/** Measures for how long in all this process was kept from running, in milliseconds. */
export function stallMeter(): { stop(): number } {
  const everyMs = 10
  let stalled = 0
  let last = performance.now()
  const timer = setInterval(() => {
    const now = performance.now()
    stalled += Math.max(0, now - last - everyMs)
    last = now
  }, everyMs)
  return {
    stop() {
      clearInterval(timer)
      return stalled
    },
  }
}

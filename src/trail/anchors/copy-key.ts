const sizeDigits = 16

/** An origin as the beginning of a key, which takes neither a port's colon nor an address's brackets. */
export const prefixOf = (origin: string): string =>
  `trail/${origin.replaceAll(/[^A-Za-z0-9._=/-]/g, '_').replaceAll(/\/(?=_)/g, '/0')}`

export const checkpointsBelow = (prefix: string): string => `${prefix}/checkpoints/`

export const checkpointKey = (prefix: string, size: number): string =>
  `${checkpointsBelow(prefix)}${String(size).padStart(sizeDigits, '0')}`

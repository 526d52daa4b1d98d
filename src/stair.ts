/** Every room, lowest first. A room may import only from rooms on a lower step. */
export const stair = [
  'kernel',
  'ground',
  'trail',
  'keys',
  'gate',
  'identity',
  'vault',
  'watch',
  'continuity',
  'governance',
  'incidents',
  'measures',
] as const

import { Logger } from 'graphile-worker'

/** The queue's own log says nothing we do not record ourselves. */
export const quiet = new Logger(() => () => {})

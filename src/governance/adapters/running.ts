import manifest from '../../../package.json' with { type: 'json' }

/** The version of Holdfast that runs. */
export const runningVersion: string = manifest.version

/** The version of Node.js that runs it. */
export const runtimeVersion: string = process.versions.node

export interface Surroundings {
  readonly root: string
  readonly version: string
  readonly execPath: string
  readonly platform: string
  readonly arch: string
}
export function chooseRuntime(surroundings: Surroundings): string | undefined
export function mustInstall(args: readonly string[], root: string): boolean
export function isCurrent(root: string): boolean
export function stamp(root: string): void
export function launch(args: readonly string[]): Promise<number>
/** Whether `node_modules` is a link to another installation. */
export function isBorrowed(root: string): boolean

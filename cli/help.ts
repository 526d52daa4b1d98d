import { type Command, written } from './command.ts'
import type { Verb } from './verbs.ts'

const usage = `Holdfast: runs the security measures a processor promises, and proves each one.

usage: holdfast <words> [arguments] [--flags]
       holdfast <room>              the verbs of one room
       holdfast <words> --help      one verb, with its arguments

Commands speak to the house in ./var (or HOLDFAST_DATA) through the operator's socket, which may
administer but never read personal data. To act as yourself or as a workload:
  --url https://host:8443           another house, with the session of \`holdfast login\`
  --token-file FILE                 a workload's credential
  --json                            the answer as indented JSON`

/** The whole page: own verbs first, then every operation by room. */
export function helpPage(verbs: readonly Verb[], commands: readonly Command[]): string {
  const byRoom = Map.groupBy(commands, ({ words }) => words.split(' ')[0]!)
  const rooms = [...byRoom].map(([room, held]) => `\n${room}\n${list(held.map(entryOf))}`)
  const own = list(verbs.map(({ words, usage: args, about }) => [`${words} ${args}`.trim(), about]))
  return `${usage}\n\nverbs\n${own}\n${rooms.join('\n')}\n`
}

/** The verbs of one room, or undefined when there is no such room. */
export function roomPage(room: string, commands: readonly Command[]): string | undefined {
  const held = commands.filter(({ words }) => words.split(' ')[0] === room)
  return held.length === 0 ? undefined : `${room}\n${list(held.map(entryOf))}\n`
}

/** One operation: what it does, what it takes, what it demands. */
export function commandPage({ words, route, positions, flags }: Command): string {
  const args = positions.map((name) => `<${name}>`).join(' ')
  const shown = flags.map((flag) => [
    `--${flag.name} ${written(flag)}${flag.required ? '' : ' (optional)'}`,
    flag.about,
  ])
  const streams = 'streams' in route ? route.streams : undefined
  return [
    `${route.summary}\n`,
    ['usage: holdfast', words, args, flags.length > 0 ? '[--flags]' : ''].filter(Boolean).join(' '),
    ...(streams === undefined
      ? []
      : [`       --file FILE (${streams.join(', ')}), or - for standard input`]),
    ...(shown.length === 0 ? [] : [`\n${list(shown)}`]),
    `\nasks for: ${route.action}   HTTP: ${route.method} ${route.url}\n`,
  ].join('\n')
}

function entryOf({ words, route, positions }: Command): string[] {
  return [[words, ...positions.map((name) => `<${name}>`)].join(' '), route.summary]
}

function list(rows: readonly (readonly string[])[]): string {
  const width = Math.min(58, Math.max(...rows.map(([left]) => left!.length)))
  return rows
    .map(([left, right]) =>
      left!.length > width
        ? `  ${left}\n  ${' '.repeat(width)}  ${right}`.trimEnd()
        : `  ${left!.padEnd(width)}  ${right}`.trimEnd(),
    )
    .join('\n')
}

import { FilterShape } from '../src/trail/search/wire.ts'

/** Flags of a search of the trail, by name: `actor-id` fills `actorId`. */
const properties = new Map(
  Object.keys(FilterShape.properties).map((property) => [
    property.replaceAll(/[A-Z]/g, (capital) => `-${capital.toLowerCase()}`),
    property,
  ]),
)

export const filterFlags: readonly string[] = [...properties.keys()]

/** What a search asks, as its address line says it. */
export function filterIn(flags: ReadonlyMap<string, string>): URLSearchParams {
  return new URLSearchParams(
    [...properties].flatMap(([flag, property]): [string, string][] => {
      const value = flags.get(flag)
      return value === undefined ? [] : [[property, value]]
    }),
  )
}

/** For the page of a verb. */
export const filterHelp = `
  --kinds LIST      person, workload, house, operator, anonymous, by commas
  --log NAME        house, or a controller's id
  --action NAME     a name, or a prefix ending in .*
  --outcome WORD    done, refused or failed
  --actor-id, --purpose, --session-id, --credential-id, --subject, --from, --until,
  --from-index, --to-index
`

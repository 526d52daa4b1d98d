import { useActors, useControllers } from '../actors.tsx'
import { shortId } from './tellings.tsx'

const uuid = /([0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12})/

/** A sentence of the house. It names everybody by id; here names stand for ids, as far as one may know them. */
export function Sentence({ children }: { readonly children: string }) {
  const actors = useActors()
  const controllers = useControllers()
  return children.split(uuid).map((piece, place) =>
    place % 2 === 0 ? (
      piece
    ) : (
      <strong key={`${place} ${piece}`} title={piece} className="named">
        {actors.nameOf(piece) ?? controllers.nameOf(piece) ?? shortId(piece)}
      </strong>
    ),
  )
}

import { useMutation } from '@tanstack/react-query'
import { Link, useNavigate } from '@tanstack/react-router'
import { CircleUserRound, LogOut, Menu, X } from 'lucide-react'
import { useState } from 'react'
import { type Place, placesOf } from '../places.ts'
import type { Self } from '../self.ts'
import { leave } from '../session.ts'
import { tell } from '../ui/tellings.tsx'

/** The left rail. On a narrow screen it is one bar with a menu. */
export function Rail({ self, path }: { readonly self: Self; readonly path: string }) {
  const [open, setOpen] = useState(false)

  return (
    <header className="rail" data-open={open}>
      <div className="rail-top">
        <Link className="brand" to="/">
          <img src="/mark.svg" alt="" />
          Holdfast
        </Link>
        <button
          type="button"
          className="button quiet rail-menu"
          aria-expanded={open}
          aria-controls="places"
          onClick={() => setOpen(!open)}
        >
          {open ? <X aria-hidden /> : <Menu aria-hidden />}
          Menu
        </button>
      </div>
      <nav id="places" aria-label="Places">
        {placesOf(self).map(({ group, places }) => (
          <div key={group} className="rail-group">
            <h2>{group}</h2>
            <ul>
              {places.map((place) => (
                <RailPlace
                  key={place.path}
                  place={place}
                  here={isHere(place.path, path)}
                  onGo={() => setOpen(false)}
                />
              ))}
            </ul>
          </div>
        ))}
        <div className="rail-group foot">
          <ul>
            <RailPlace
              place={{
                name: self.name ?? 'Account',
                path: '/account',
                icon: CircleUserRound,
                needs: null,
              }}
              here={isHere('/account', path)}
              onGo={() => setOpen(false)}
            />
            <SignOut />
          </ul>
        </div>
      </nav>
    </header>
  )
}

/** On every page, so that nobody leaves a session behind for want of a way out (ASVS 7.4.4). */
function SignOut() {
  const navigate = useNavigate()
  const out = useMutation({
    mutationFn: leave,
    onSuccess: () => navigate({ to: '/sign-in' }),
    onError: (error) => tell(error.message, undefined),
  })
  return (
    <li>
      <button
        type="button"
        className="rail-out"
        disabled={out.isPending}
        onClick={() => out.mutate()}
      >
        <LogOut aria-hidden />
        Sign out
      </button>
    </li>
  )
}

function RailPlace({
  place,
  here,
  onGo,
}: {
  readonly place: Place
  readonly here: boolean
  readonly onGo: () => void
}) {
  const Icon = place.icon
  return (
    <li>
      <Link to={place.path} onClick={onGo} {...(here ? { 'aria-current': 'page' as const } : {})}>
        <Icon aria-hidden />
        {place.name}
      </Link>
    </li>
  )
}

/** A measure is looked at from the overview, so the overview is where one is. */
function isHere(place: string, path: string): boolean {
  if (place === '/') return path === '/' || path.startsWith('/measures/')
  return path === place || path.startsWith(`${place}/`)
}

import { useQuery } from '@tanstack/react-query'
import type { Static } from 'typebox'
import type { BreachList as Shape } from '../../../../src/identity/factors/breach-wire.ts'
import { ask } from '../../ask.ts'
import { Command } from '../../ui/empty.tsx'
import { Section } from '../../ui/section.tsx'
import { Time } from '../../ui/time.tsx'
import { Loaded } from '../../ui/waiting.tsx'

/** The list of breached passwords that new ones are held against. */
export function BreachList() {
  const list = useQuery(ask<Static<typeof Shape>>('/v1/breach-list'))
  return (
    <Section
      title="Breached passwords"
      lead="A new password that was stolen somewhere before is refused. The list is asked here, on this node; nothing leaves the house."
    >
      <Loaded query={list} what="Reading which list is in force">
        {({ imported }) =>
          imported === null ? (
            <div className="stack">
              <p>
                No list was imported: only the most common passwords are refused. Fetch the list of
                Have I Been Pwned (SHA-1, ordered by hash) and import it on the host:
              </p>
              <Command>holdfast identity breach-list import pwnedpasswords.txt</Command>
            </div>
          ) : (
            <dl className="kv">
              <dt>Passwords on it</dt>
              <dd>{imported.entries.toLocaleString('en')}</dd>
              <dt>Imported</dt>
              <dd>
                <Time at={imported.madeAt} />
              </dd>
              <dt>Refused by mistake</dt>
              <dd>one good password in {Math.round(1 / imported.falsePositives)}</dd>
            </dl>
          )
        }
      </Loaded>
    </Section>
  )
}

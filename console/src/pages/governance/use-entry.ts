import type { UseMutationResult } from '@tanstack/react-query'
import { call, type Told } from '../../api.ts'
import { part } from '../../ask.ts'
import { useCall } from '../../ui/use-call.ts'
import { type RegisterName, renewed } from './shapes.ts'

/** Enters something into a register. */
export const useEntry = <Body extends object>(
  register: RegisterName,
  said: string,
): UseMutationResult<Told<unknown>, Error, Body> =>
  useCall<Body>({
    deed: (body) => call('POST', `/v1/${register}`, { body }),
    said,
    renews: renewed(register),
  })

/** Takes one step in the life of an entry. */
export const useStep = <Body extends object>(
  register: RegisterName,
  id: string,
  step: string,
  said: string,
): UseMutationResult<Told<unknown>, Error, Body> =>
  useCall<Body>({
    deed: (body) => call('POST', `/v1/${register}/${part(id)}/${step}`, { body }),
    said,
    renews: renewed(register),
  })

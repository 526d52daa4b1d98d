import { Sealed } from '#kernel'

/** A sealed value in another shape: shaped after the receipt has opened it. */
export const shown = <T, U>(sealed: Sealed<T>, shape: (value: T) => U): Sealed<U> =>
  new Sealed(async (receipt) => shape(await sealed.open(receipt)))

const key = 'holdfast-signed-in'

/**
 * Whether this browser has signed in and not out. The cookie is out of a script's reach, so without
 * this hint every visitor of a public page would have to be refused once, and each refusal is an
 * entry of the trail. It opens nothing.
 */
export const wasHere = (): boolean => localStorage.getItem(key) !== null

export const remember = (): void => localStorage.setItem(key, '1')

export const forget = (): void => localStorage.removeItem(key)

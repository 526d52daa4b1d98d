/** How a country's own numbers are dialled from inside, and its code for all others. */
export interface DiallingPlan {
  /** ITU-T E.164 country code. */
  readonly code: string
  /** What stands before a national number inside the country and is left out from outside. */
  readonly trunk: string
}

const plan = (code: string, trunk: string): DiallingPlan => ({ code, trunk })

/**
 * By ISO 3166-1 alpha-2: the countries of the EEA, and neighbours. A country that is missing keeps
 * national numbers as they are.
 *
 * @see ITU-T E.164 (11/2010) Annex to OB 994; ITU-T E.123 for the trunk prefix.
 */
export const callingCodes: ReadonlyMap<string, DiallingPlan> = new Map([
  ['AT', plan('43', '0')],
  ['BE', plan('32', '0')],
  ['BG', plan('359', '0')],
  ['CH', plan('41', '0')],
  ['CY', plan('357', '')],
  ['CZ', plan('420', '')],
  ['DE', plan('49', '0')],
  ['DK', plan('45', '')],
  ['EE', plan('372', '')],
  ['ES', plan('34', '')],
  ['FI', plan('358', '0')],
  ['FR', plan('33', '0')],
  ['GB', plan('44', '0')],
  ['GR', plan('30', '')],
  ['HR', plan('385', '0')],
  ['HU', plan('36', '06')],
  ['IE', plan('353', '0')],
  ['IS', plan('354', '')],
  // The zero of an Italian number is part of it.
  ['IT', plan('39', '')],
  ['LI', plan('423', '')],
  ['LU', plan('352', '')],
  ['LV', plan('371', '')],
  ['MT', plan('356', '')],
  ['NL', plan('31', '0')],
  ['NO', plan('47', '')],
  ['PL', plan('48', '')],
  ['PT', plan('351', '')],
  ['RO', plan('40', '0')],
  ['SE', plan('46', '0')],
  ['SI', plan('386', '0')],
  ['SK', plan('421', '0')],
])

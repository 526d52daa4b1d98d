/**
 * What a spreadsheet would run as a formula, guarded or not; a number with a sign, a telephone's say,
 * it would not.
 *
 * @see OWASP, CSV Injection.
 */
const formula = /^'*(?:[=@\t\r]|[+-](?![\d\s()./-]*$))/

/**
 * Strangers write some of what a table holds: a formula gets an apostrophe, so that no spreadsheet
 * runs it. What is guarded already gets one more, so that {@link unguarded} undoes
 * exactly this.
 */
export const guarded = (text: string): string => (formula.test(text) ? `'${text}` : text)

/** The value as it was before {@link guarded}. */
export const unguarded = (text: string): string =>
  text.startsWith("'") && formula.test(text) ? text.slice(1) : text

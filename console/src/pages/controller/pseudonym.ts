/** Whether a text can be a subject's pseudonym at all. Whether anybody has it, the house knows. */
export const isPseudonym = (text: string): boolean =>
  /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/.test(text)

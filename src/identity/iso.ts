/** An instant as it leaves: ISO 8601 in UTC, or null. */
export const iso = (at: Date | null): string | null => at?.toISOString() ?? null

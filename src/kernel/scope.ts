/** Whose data an act concerns: one controller's, or the whole house. */
export type Scope = { readonly controllerId: string } | 'house'

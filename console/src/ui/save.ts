/** Hands bytes to the person as a file. */
export function save(name: string, bytes: Blob): void {
  const url = URL.createObjectURL(bytes)
  const link = document.createElement('a')
  link.href = url
  link.download = name
  link.click()
  // The browser has taken hold of it by the next turn; freed at once, some lose it.
  setTimeout(() => URL.revokeObjectURL(url), 1000)
}

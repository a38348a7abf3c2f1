/** Addresses that only programs of the same machine reach. */

/** The names that requests to a loopback address may have in their Host header. */
export const namesOf = (host: string): ReadonlyArray<string> => [
  "localhost",
  "127.0.0.1",
  "[::1]",
  // Any other of 127.0.0.0/8.
  host
]

/** Whether this is one. A name other than `localhost` may mean anything, and so is none. */
export const isLoopback = (host: string): boolean =>
  host === "localhost" || /^127(\.\d{1,3}){3}$/.test(host) || /^\[?::1\]?$/.test(host)

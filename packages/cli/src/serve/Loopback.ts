/** Addresses that only programs of the same machine reach. */

/** The names that such a request's Host header may have. */
export const names = ["localhost", "127.0.0.1", "[::1]"]

/** Whether this is one. A name other than `localhost` may mean anything, and so is none. */
export const isLoopback = (host: string): boolean =>
  host === "localhost" || /^127(\.\d{1,3}){3}$/.test(host) || /^\[?::1\]?$/.test(host)

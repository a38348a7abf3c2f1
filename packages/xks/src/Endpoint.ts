/** Where requests go: over TLS, and without it on this machine only. */
import type { Connection } from "@keystead/core/custom-stores/KeyStoreProvider"

const loopback = ["localhost", "127.0.0.1", "[::1]"]

/** The addresses of a proxy's API. Source: AWS KMS external key store proxy API, "API Operations". */
export interface Endpoint {
  readonly health: string
  /** Of what is done with an external key; nothing if its id would lead to another address. */
  readonly key: (keyId: string, action: "metadata" | "encrypt" | "decrypt") => string | undefined
}

/** Ids of the specification's letters, but for those that as a part of a path mean another place. */
const isPathSafe = (keyId: string): boolean => /^(?!\.{1,2}$)[\w.-]{1,128}$/.test(keyId)

/** The addresses, or nothing if what is sent there could be read and changed on its way. */
export const endpointOf = ({ endpoint, path }: Connection): Endpoint | undefined => {
  if (!URL.canParse(endpoint)) return undefined
  const { hostname, protocol } = new URL(endpoint)
  if (protocol !== "https:" && !(protocol === "http:" && loopback.includes(hostname))) return undefined
  const base = endpoint + path
  return {
    health: `${base}/health`,
    key: (keyId, action) => isPathSafe(keyId) ? `${base}/keys/${keyId}/${action}` : undefined
  }
}

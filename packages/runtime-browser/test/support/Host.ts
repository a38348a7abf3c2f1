/** The script that the tests have in a page, a worker and a service worker: they call what is in `keystead` there. */
import { fromBytes } from "@keystead/core/crypto/SecretRootKey"
import { mac } from "@keystead/core/groups/Mac"
import { symmetric } from "@keystead/core/groups/Symmetric"
import { backup, restore } from "@keystead/runtime-browser/Backup"
import { largePieces } from "@keystead/runtime-browser/LargePieces"
import { openKms } from "@keystead/runtime-browser/OpenKms"
import { passkey } from "@keystead/runtime-browser/Passkey"
import { passphrase } from "@keystead/runtime-browser/Passphrase"
import { decryptStream, encryptStream } from "@keystead/runtime-browser/SealStreams"
import { serveKms } from "@keystead/runtime-browser/ServeKms"
import * as WebCrypto from "@keystead/webcrypto/WebCrypto"
import { exported, finds, randomGiven } from "./Attacker.ts"

const text = (bytes: Uint8Array | undefined): string => new TextDecoder().decode(bytes)
const bytes = (text: string): Uint8Array => new TextEncoder().encode(text)

/** What came of it, or the failure as `tag reason`. */
const outcome = async <A>(work: () => Promise<A>): Promise<A | string> => {
  try {
    return await work()
  } catch (error) {
    const [tag, reason] = ["_tag", "reason"].map((member) => Reflect.get(Object(error), member))
    return tag === undefined ? String(error) : [tag, reason].filter((part) => part !== undefined).join(" ")
  }
}

/** Every record of every object store of every database of this origin, as a script can read them. */
const dump = async (): Promise<ReadonlyArray<readonly [string, unknown]>> => {
  const found: Array<readonly [string, unknown]> = []
  for (const { name = "" } of await indexedDB.databases()) {
    const database = await new Promise<IDBDatabase>((resolve, reject) => {
      const request = indexedDB.open(name)
      request.addEventListener("success", () => resolve(request.result))
      request.addEventListener("error", () => reject(request.error ?? new Error(name)))
    })
    for (const store of database.objectStoreNames) {
      const values = await new Promise<Array<unknown>>((resolve) => {
        const request = database.transaction(store).objectStore(store).getAll()
        request.addEventListener("success", () => resolve(request.result))
      })
      found.push(...values.map((value) => [`${name}/${store}`, value] as const))
    }
    database.close()
  }
  return found
}

/** The browser's random source, asked for exactly what is needed. */
const unpooledRandom = WebCrypto.layerWith((length) => crypto.getRandomValues(new Uint8Array(length)))

/** What the tests use. */
export const keystead = {
  backup,
  bytes,
  decryptStream,
  dump,
  encryptStream,
  fromBytes,
  exported,
  finds,
  randomGiven,
  groups: { mac, symmetric },
  largePieces,
  openKms,
  outcome,
  passkey,
  passphrase,
  restore,
  serveKms,
  text,
  unpooledRandom
}

Object.assign(globalThis, { keystead })

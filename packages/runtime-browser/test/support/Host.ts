/** The script that the tests have in a page, a worker and a service worker: they call what is in `keystead` there. */
import { fromBytes } from "@keystead/core/crypto/SecretRootKey"
import { mac } from "@keystead/core/groups/Mac"
import { symmetric } from "@keystead/core/groups/Symmetric"
import { backup, restore } from "@keystead/runtime-browser/Backup"
import { openKms } from "@keystead/runtime-browser/OpenKms"
import { passkey } from "@keystead/runtime-browser/Passkey"
import { passphrase } from "@keystead/runtime-browser/Passphrase"
import { decryptStream, encryptStream } from "@keystead/runtime-browser/SealStreams"
import { serveKms } from "@keystead/runtime-browser/ServeKms"
import * as WebCrypto from "@keystead/webcrypto/WebCrypto"

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

/** Whether the bytes are anywhere in a value: as they are, in base64, in hexadecimal, or as text. */
const holds = (value: unknown, sought: Uint8Array): boolean => {
  const latin1 = (bytes: Uint8Array) => Array.from(bytes, (byte) => String.fromCharCode(byte)).join("")
  const [raw, hex] = [latin1(sought), Array.from(sought, (byte) => byte.toString(16).padStart(2, "0")).join("")]
  const inText = (text: string): boolean => {
    if (text.includes(raw) || text.includes(hex)) return true
    return /^[A-Za-z0-9+/_-]{4,}={0,2}$/.test(text) && attempt(() => atob(text)).includes(raw)
  }
  if (typeof value === "string") return inText(value)
  if (value instanceof ArrayBuffer) return inText(latin1(new Uint8Array(value)))
  if (ArrayBuffer.isView(value)) return inText(latin1(new Uint8Array(value.buffer, value.byteOffset, value.byteLength)))
  return typeof value === "object" && value !== null && Object.entries(value).flat().some((part) => holds(part, sought))
}

const attempt = (decode: () => string): string => {
  try {
    return decode()
  } catch {
    return ""
  }
}

/** The browser's random source, and all that it gave. */
const recordingRandom = () => {
  const given: Array<Uint8Array> = []
  const layer = WebCrypto.layerWith((length) => {
    const random = crypto.getRandomValues(new Uint8Array(length))
    given.push(random.slice())
    return random
  })
  return { given, layer }
}

/** What the tests use. */
export const keystead = {
  backup,
  bytes,
  decryptStream,
  dump,
  encryptStream,
  fromBytes,
  holds,
  recordingRandom,
  groups: { mac, symmetric },
  openKms,
  outcome,
  passkey,
  passphrase,
  restore,
  serveKms,
  text
}

Object.assign(globalThis, { keystead })

/** What the page of the browser's suite does when it is told: `tasks` of the global object. */
import * as KeyMaterials from "@keystead/core/crypto/KeyMaterials"
import { RootKey } from "@keystead/core/crypto/RootKey"
import { storage } from "@keystead/runtime-browser/BrowserKms"
import { largePieces } from "@keystead/runtime-browser/LargePieces"
import { type OpenKms, openKms } from "@keystead/runtime-browser/OpenKms"
import { hold } from "@keystead/runtime-browser/RootKeyChoice"
import { decryptStream, encryptStream } from "@keystead/runtime-browser/SealStreams"
import * as WebCrypto from "@keystead/webcrypto/WebCrypto"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import { fill as filled } from "../Filling.ts"
import * as Bare from "./Frames.ts"
import { collect, cut, forget, pieces, piecesOf, streamOf } from "./Pieces.ts"

const Plaintext = new Uint8Array(32).fill(5)

const services = (database: string) =>
  KeyMaterials.layer().pipe(
    Layer.provideMerge(Layer.effect(RootKey, Effect.map(hold({ database }), ({ rootKey }) => rootKey))),
    Layer.provideMerge(Layer.merge(storage(database), WebCrypto.layer))
  )

/** Fills a database with that many keys, and answers their ids. */
const fill = (database: string, count: number): Promise<ReadonlyArray<string>> =>
  Effect.runPromise(Effect.orDie(Effect.provide(filled(count), services(database))))

/** Opens a database, and closes it: the milliseconds until one of its keys was described. */
const opening = async (database: string, KeyId: string): Promise<number> => {
  const start = performance.now()
  const kms = await openKms({ database })
  await kms.describeKey({ KeyId })
  const took = performance.now() - start
  await kms.close()
  return took
}

/** What the contenders do once, each awaited before the next. */
const contenders = async (kms: OpenKms, KeyId: string): Promise<ReadonlyMap<string, () => Promise<unknown>>> => {
  const frames = await Bare.sealed()
  const sealed = () => streamOf(pieces).pipeThrough(encryptStream(kms, { KeyId }))
  const message = cut(await collect(sealed()))
  const { CiphertextBlob } = await kms.encrypt({ KeyId, Plaintext })
  return new Map(Object.entries({
    "DescribeKey": () => kms.describeKey({ KeyId }),
    "Encrypt": () => kms.encrypt({ KeyId, Plaintext }),
    "Decrypt": () => kms.decrypt({ CiphertextBlob }),
    "GenerateDataKey": () => kms.generateDataKey({ KeyId, KeySpec: "AES_256" }),
    "seal, bare": () => Bare.seal(() => undefined),
    "seal": () => sealed().pipeTo(forget()),
    "open, bare": () => Bare.open(frames),
    "open": () => streamOf(message).pipeThrough(decryptStream(kms)).pipeTo(forget())
  }))
}

let all: ReadonlyMap<string, () => Promise<unknown>> = new Map()
let prepared: { readonly kms: OpenKms; readonly KeyId: string } | undefined

const prepare = async (database: string): Promise<void> => {
  const kms = await openKms({ database })
  const { KeyMetadata: { KeyId = "" } = {} } = await kms.createKey()
  prepared = { kms, KeyId }
  all = await contenders(kms, KeyId)
}

const batch = async (name: string, count: number): Promise<void> => {
  for (let done = 0; done < count; done++) await all.get(name)?.()
}

const folder = navigator.storage.getDirectory()
const fileOf = async (name: string): Promise<File> => await (await (await folder).getFileHandle(name)).getFile()
const writableTo = async (name: string) =>
  await (await (await folder).getFileHandle(name, { create: true })).createWritable()

/** Makes a file of so many bytes in the origin's own folder. */
const makeFile = async (name: string, length: number): Promise<void> => {
  await streamOf(piecesOf(length)).pipeTo(await writableTo(name))
}

const through = async (
  from: string,
  to: string,
  transform: (kms: OpenKms, KeyId: string) => TransformStream<Uint8Array, Uint8Array<ArrayBuffer>>
) => {
  if (prepared === undefined) return -1
  const longest = { milliseconds: 0 }
  const observer = new PerformanceObserver((list) => {
    for (const { duration } of list.getEntries()) longest.milliseconds = Math.max(longest.milliseconds, duration)
  })
  observer.observe({ type: "longtask" })
  const file = await fileOf(from)
  await file.stream().pipeThrough(transform(prepared.kms, prepared.KeyId)).pipeThrough(largePieces()).pipeTo(
    await writableTo(to)
  )
  // The observer hears of a task after it.
  await new Promise((resolve) => void setTimeout(resolve, 100))
  observer.disconnect()
  return longest.milliseconds
}

/** Seals a file into another: the milliseconds of the longest task above 50 on the page's main thread, or 0. */
const sealFile = (from: string, to: string) => through(from, to, (kms, KeyId) => encryptStream(kms, { KeyId }))

/** Opens such a file into another. */
const openFile = (from: string, to: string) => through(from, to, (kms) => decryptStream(kms))

/** By name. */
export const tasks = { batch, fill, makeFile, openFile, opening, prepare, sealFile }

Object.assign(globalThis, { tasks })

/** Stores filled with keys, in memory and in a folder, and a Keystead open on them. */
import * as AuditSink from "@keystead/core/audit/AuditSink"
import * as Client from "@keystead/core/Client"
import { RootKey } from "@keystead/core/crypto/RootKey"
import { establish } from "@keystead/core/crypto/RootKeyRecord"
import { fromBytes } from "@keystead/core/crypto/SecretRootKey"
import { rootArn } from "@keystead/core/domain/Arn"
import * as Kms from "@keystead/core/Kms"
import { groups, registry } from "@keystead/core/operations/Registry"
import { Storage } from "@keystead/core/storage/Storage"
import * as NodeCrypto from "@keystead/runtime-node/NodeCrypto"
import type { FileSystem, OpenFile } from "@keystead/storage-filesystem/FileSystem"
import * as FilesystemStorage from "@keystead/storage-filesystem/FilesystemStorage"
import { nodeFileSystem } from "@keystead/storage-filesystem/NodeFileSystem"
import { nodeProcesses } from "@keystead/storage-filesystem/Processes"
import * as MemoryStorage from "@keystead/storage-memory/MemoryStorage"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as ManagedRuntime from "effect/ManagedRuntime"
import { spawnSync } from "node:child_process"
import { mkdtemp, rm } from "node:fs/promises"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { place } from "./Filling.ts"
import { populate, secret } from "./Populate.ts"

/** A Keystead that is open on a store. */
export interface Open {
  readonly kms: Kms.Kms["Service"]
  readonly client: Client.Client
  readonly close: () => Promise<void>
}

/** A filled store. */
export interface Store {
  /** The ids of its keys, in no order. */
  readonly ids: ReadonlyArray<string>
  /** Opens it, with nothing cached. */
  readonly open: () => Promise<Open>
  readonly remove: () => Promise<void>
}

/** AWS's quotas would end the run. */
const limits = { keysPerRegion: 1_000_000, onDemandRotationsPerKey: 1000 }

const opener = (storage: Layer.Layer<Storage>) => async (): Promise<Open> => {
  const runtime = ManagedRuntime.make(
    Kms.layer({ groups, limits }).pipe(
      Layer.provide(Layer.effect(RootKey, Effect.suspend(() => establish(fromBytes(secret)))).pipe(Layer.orDie)),
      Layer.provide(storage),
      Layer.provide(NodeCrypto.layer),
      Layer.provide(AuditSink.memory(1000).layer)
    )
  )
  const kms = await runtime.runPromise(Kms.Kms)
  const client = Client.make(kms, { caller: { principal: rootArn(place) }, region: place.region }, registry)
  return { kms, client, close: () => runtime.dispose() }
}

/** A store in memory with that many keys. */
export const inMemory = async (count: number): Promise<Store> => {
  const storage = await Effect.runPromise(Effect.provide(Storage, MemoryStorage.layer))
  const ids = await populate(storage, count)
  return { ids, open: opener(Layer.succeed(Storage, storage)), remove: async () => undefined }
}

/** The file system of the host, that says that it has synced and has not: to fill a folder in less than an hour. */
const unsynced: FileSystem = (() => {
  const careless = (file: OpenFile): OpenFile => ({ ...file, sync: Effect.void })
  return {
    ...nodeFileSystem,
    create: (path) => Effect.map(nodeFileSystem.create(path), careless),
    openToWrite: (path) => Effect.map(nodeFileSystem.openToWrite(path), careless),
    syncDirectory: () => Effect.void
  }
})()

/** The journal is put away after so many records, while a folder is filled. */
const often = { records: 20_000, bytes: 64 * 2 ** 20 }
const always = { records: 1, bytes: 1 }

const carelessly = (directory: string, enough: typeof often) =>
  ManagedRuntime.make(
    Layer.effect(Storage, FilesystemStorage.make({ directory }, { files: unsynced, processes: nodeProcesses, enough }))
  )

/** Puts the journal away, so that no store begins with more of it than another; and waits for the disk. */
const settle = async (directory: string): Promise<void> => {
  const runtime = carelessly(directory, always)
  await runtime.runPromise(Storage.use(({ commit }) => commit([{ _tag: "Remove", id: "nothing" }])))
  await runtime.dispose()
  // What has not reached the disk yet would keep the first calls waiting that sync something.
  spawnSync("sync")
}

/** A store in a folder of its own, below the system's folder for temporary files, with that many keys. */
export const inFolder = async (count: number): Promise<Store> => {
  const directory = await mkdtemp(join(tmpdir(), "keystead-bench-"))
  const filling = carelessly(directory, often)
  const ids = await populate(await filling.runPromise(Storage), count)
  await filling.dispose()
  await settle(directory)
  return {
    ids,
    open: opener(Layer.orDie(FilesystemStorage.layer({ directory }))),
    remove: () => rm(directory, { recursive: true })
  }
}

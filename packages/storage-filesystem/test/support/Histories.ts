/** Scripted histories, and what a store must hold after them. */
import type { StorageError } from "@keystead/core/Errors"
import * as KeyStore from "@keystead/core/storage/KeyStore"
import type { Change, Storage } from "@keystead/core/storage/Storage"
import type { FileSystem } from "@keystead/storage-filesystem/FileSystem"
import { type Host, make } from "@keystead/storage-filesystem/FilesystemStorage"
import type { Processes } from "@keystead/storage-filesystem/Processes"
import * as Effect from "effect/Effect"
import * as Result from "effect/Result"

export const DIRECTORY = "/data/store"

export const put = (id: string, value: number | string): Change => ({ _tag: "Put", id, value })
export const remove = (id: string): Change => ({ _tag: "Remove", id })

/** The processes of a machine in a test: which ones live is up to the test. */
export const makeMachine = () => {
  const living = new Set<number>()
  let [pids, tokens] = [0, 0]
  return {
    start: (): Processes => {
      const self = { host: "test", pid: ++pids, boot: "", space: "", started: "" }
      living.add(self.pid)
      return {
        self,
        lifeOf: ({ pid }) => living.has(pid) ? "Alive" : "Dead",
        token: () => `token-${self.pid}-${tokens++}`
      }
    },
    kill: ({ self }: Processes) => living.delete(self.pid)
  }
}

/** A host that puts its journal away often. */
export const hostOn = (files: FileSystem, processes: Processes, records = 4): Host => ({
  files,
  processes,
  enough: { records, bytes: 1_000_000 }
})

export const open = (host: Host) => make({ directory: DIRECTORY }, host)

/** All that a store holds: each id with its value. */
export const contents = (storage: Storage["Service"]): Effect.Effect<Record<string, unknown>, StorageError> =>
  Effect.map(
    storage.scan({ prefix: "", limit: 10_000 }),
    (records) => Object.fromEntries(records.map(({ id, value }) => [id, value]))
  )

/** What a store must hold after each of the commits, from none to all. */
export const expectedAfter = (
  commits: ReadonlyArray<ReadonlyArray<Change>>
): ReadonlyArray<Record<string, unknown>> => {
  let store = KeyStore.empty
  return [[], ...commits].map((changes) => {
    store = Result.getOrThrow(KeyStore.commit(store, changes))
    const records = KeyStore.scan(store, { prefix: "", limit: 10_000 })
    return Object.fromEntries(records.map(({ id, value }) => [id, value]))
  })
}

/** Histories that come by every step that a writer takes: new folders, emptied ones, long ids, journals put away. */
export const HISTORIES: Readonly<Record<string, ReadonlyArray<ReadonlyArray<Change>>>> = {
  "records made, changed and removed": [
    [put("key/a", 1)],
    [put("key/a", 2), put("alias/b", 2)],
    [remove("key/a"), put("key/c", 3)],
    [put("key/a", 4)],
    [remove("alias/b"), remove("key/c"), put("due/1/a", 5)],
    [remove("due/1/a"), put("due/2/a", 6)]
  ],
  "large commits over few records": [
    [put("a", 1), put("b/c", 1), put("b/c/d", 1), put("x".repeat(300), 1), put("CON", 1)],
    [put("a", 2), remove("b/c"), put("b/c/d", 2), put("x".repeat(300), 2)],
    [remove("a"), remove("b/c/d"), remove("x".repeat(300)), put("CON", 3)],
    [put("a", "y".repeat(5_000))]
  ]
}

import { assert, describe, it } from "@effect/vitest"
import { contract } from "@keystead/core/storage/Contract"
import * as FilesystemStorage from "@keystead/storage-filesystem/FilesystemStorage"
import { nodeFileSystem } from "@keystead/storage-filesystem/NodeFileSystem"
import { nodeProcesses } from "@keystead/storage-filesystem/Processes"
import * as Effect from "effect/Effect"
import { contents, hostOn, makeMachine, open, put, remove } from "./support/Histories.ts"
import { makeDisk } from "./support/SimulatedDisk.ts"
import { temporaryFolder } from "./support/TemporaryFolder.ts"

describe("FilesystemStorage keeps the contract", () => {
  for (const { name, run } of contract({ durable: true })) {
    it.live(name, () => Effect.flatMap(temporaryFolder, (directory) => run(FilesystemStorage.make({ directory }))))
  }
})

describe("FilesystemStorage keeps the contract when it puts its journal away all the time", () => {
  const enough = { records: 3, bytes: 2_000 }
  for (const { name, run } of contract({ durable: true })) {
    it.live(
      name,
      () =>
        Effect.flatMap(
          temporaryFolder,
          (directory) =>
            run(FilesystemStorage.make({ directory }, { files: nodeFileSystem, processes: nodeProcesses, enough }))
        )
    )
  }
})

describe("FilesystemStorage", () => {
  it.live("sends commits that come together to the disk together", () =>
    Effect.gen(function*() {
      let syncs = 0
      const fail = ({ name, path }: { readonly name: string; readonly path: string }) => {
        if (name === "sync" && path.endsWith(".jsonl")) syncs += 1
        return undefined
      }
      const files = makeDisk().mount({ fail })
      // A disk that takes its time: meanwhile others come.
      const openToWrite = (path: string) =>
        Effect.map(files.openToWrite(path), (file) => ({ ...file, sync: Effect.andThen(Effect.sleep(5), file.sync) }))
      const storage = yield* open(hostOn({ ...files, openToWrite }, makeMachine().start(), 1000))
      syncs = 0
      const results = yield* Effect.forEach(
        Array.from({ length: 50 }, (_, index) => index),
        (index) => Effect.result(storage.commit([{ ...put(`id/${index % 40}`, index), expected: null }])),
        { concurrency: "unbounded" }
      )
      assert.isAtMost(syncs, 3)
      assert.deepStrictEqual(
        results.map(({ _tag }) => _tag),
        Array.from({ length: 50 }, (_, index) => index < 40 ? "Success" : "Failure")
      )
      assert.strictEqual(Object.keys(yield* contents(storage)).length, 40)
    }))

  it.live("gives the identical record until it is written again, and reads its file once", () =>
    Effect.gen(function*() {
      const [disk, machine] = [makeDisk(), makeMachine()]
      yield* Effect.scoped(Effect.gen(function*() {
        const storage = yield* open(hostOn(disk.mount(), machine.start()))
        yield* storage.commit([put("a", 1), put("b", 1), put("c", 1), put("d", 1)])
        yield* storage.commit([put("e", 1)])
      }))
      let reads = 0
      const fail = ({ name, path }: { readonly name: string; readonly path: string }) => {
        if (name === "read" && path.includes("/records/")) reads += 1
        return undefined
      }
      const storage = yield* open(hostOn(disk.mount({ fail }), machine.start()))
      assert.strictEqual(reads, 0)
      const first = (yield* storage.read(["a"])).get("a")
      assert.strictEqual((yield* storage.read(["a"])).get("a"), first)
      assert.strictEqual((yield* storage.scan({ prefix: "", limit: 9 }))[0], first)
      assert.strictEqual(reads, 4)
      yield* storage.commit([put("b", 2), put("c", 2), put("d", 2), remove("e")])
      yield* storage.commit([put("f", 2)])
      assert.strictEqual((yield* storage.read(["a"])).get("a"), first)
      assert.strictEqual(reads, 4)
    }))

  it.live("leaves no folder behind that holds nothing any more", () =>
    Effect.gen(function*() {
      const disk = makeDisk()
      const files = disk.mount()
      const storage = yield* open(hostOn(files, makeMachine().start()))
      yield* storage.commit([put("due/1/a", 1), put("due/2/b", 1)])
      yield* storage.commit([remove("due/1/a")])
      assert.deepStrictEqual(yield* files.list("/data/store/records/due"), ["2"])
      yield* storage.commit([remove("due/2/b")])
      assert.deepStrictEqual(yield* files.list("/data/store/records"), [])
    }))

  it.live("keeps one journal, however long it goes on, and nothing in its folder of temporary files", () =>
    Effect.gen(function*() {
      const files = makeDisk().mount()
      const storage = yield* open(hostOn(files, makeMachine().start()))
      for (let round = 0; round < 40; round++) yield* storage.commit([put(`id/${round}`, round)])
      assert.strictEqual((yield* files.list("/data/store/journal")).length, 1)
      assert.deepStrictEqual(yield* files.list("/data/store/tmp"), [])
      assert.deepStrictEqual(yield* files.list("/data/store/locks"), [])
    }))
})

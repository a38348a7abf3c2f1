import { assert, describe, it } from "@effect/vitest"
import { contract } from "@keystead/core/storage/Contract"
import * as KeyStore from "@keystead/core/storage/KeyStore"
import { Storage } from "@keystead/core/storage/Storage"
import * as MemoryStorage from "@keystead/storage-memory/MemoryStorage"
import * as Effect from "effect/Effect"
import * as Ref from "effect/Ref"

describe("MemoryStorage keeps the contract", () => {
  // To open it again is to take the same reference: records outlive handles, though not the program.
  for (const { name, run } of contract({ durable: true })) {
    it.live(name, () => Effect.flatMap(Ref.make(KeyStore.empty), (ref) => run(Effect.succeed(MemoryStorage.make(ref)))))
  }
})

describe("MemoryStorage.layer keeps the contract", () => {
  for (const { name, run } of contract({ durable: true })) {
    it.live(
      name,
      () => Effect.provide(Effect.flatMap(Storage, (storage) => run(Effect.succeed(storage))), MemoryStorage.layer)
    )
  }
})

describe("MemoryStorage", () => {
  const useTwice = Effect.gen(function*() {
    const storage = yield* Storage
    yield* storage.commit([{ _tag: "Put", id: "a", value: 1, expected: null }])
    const found = yield* storage.read(["a"])
    return [found.get("a"), ...(yield* storage.scan({ prefix: "", limit: 5 }))]
  })

  it("answers synchronously, and anew in each program", () => {
    for (let round = 0; round < 2; round++) {
      const [read, scanned] = Effect.runSync(Effect.provide(useTwice, MemoryStorage.layer))
      assert.deepStrictEqual(read, { id: "a", version: "1", value: 1 })
      assert.strictEqual(scanned, read)
    }
  })

  it("can begin with any store, and be looked at", () => {
    const ref = Ref.makeUnsafe(KeyStore.empty)
    Effect.runSync(Effect.provideService(useTwice, Storage, MemoryStorage.make(ref)))
    assert.strictEqual(Ref.getUnsafe(ref).sequence, 1)
    const error = Effect.runSync(Effect.flip(Effect.provideService(useTwice, Storage, MemoryStorage.make(ref))))
    assert.strictEqual(error._tag, "CommitConflict")
  })
})

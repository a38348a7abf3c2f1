import { assert, describe, it } from "@effect/vitest"
import * as DerivedRootKey from "@keystead/core/crypto/DerivedRootKey"
import * as Noble from "@keystead/core/crypto/Noble"
import * as RecordSeal from "@keystead/core/crypto/RecordSeal"
import { RootKey } from "@keystead/core/crypto/RootKey"
import { insecureSeeded } from "@keystead/core/crypto/SeededRandom"
import type { Json } from "@keystead/core/storage/Storage"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as fc from "fast-check"

const rootKey = (secret = 0) =>
  Layer.effect(RootKey, Effect.suspend(() => DerivedRootKey.make(new Uint8Array(32).fill(secret)))).pipe(
    Layer.provide(Noble.layer(insecureSeeded("seal")))
  )

const run = <A, E>(program: Effect.Effect<A, E, RootKey>, secret = 0) =>
  Effect.runSync(Effect.provide(program, rootKey(secret)))

const json = fc.jsonValue({ maxDepth: 3 }).map((value) => JSON.parse(JSON.stringify(value)) as Json)
const id = fc.string({ unit: "binary", minLength: 1, maxLength: 20 })

/** The IntegrityError of a record that does not open. */
const refusal = (id: string, value: Json, secret = 0) => {
  const error = run(Effect.flip(RecordSeal.open(id, value)), secret)
  assert.strictEqual(error._tag, "IntegrityError")
  assert.strictEqual(error.place, id)
  assert.strictEqual(
    error.message,
    `The stored record "${id}" does not carry the code of this store's root key: it was changed outside Keystead, or `
      + "belongs to another root key. Restore it from a backup, or open the store with its own root key."
  )
}

describe("a sealed record", () => {
  it("opens to its content, under its id and root key only", () => {
    fc.assert(fc.property(id, id, json, json, (id, otherId, content, otherContent) => {
      const sealed = run(RecordSeal.seal(id, content))
      assert.deepStrictEqual(run(RecordSeal.open(id, sealed)), content)
      assert.deepStrictEqual(run(RecordSeal.seal(id, content)), sealed)
      assert.deepStrictEqual(Object.keys(sealed), ["content", "mac"])
      if (otherId !== id) refusal(otherId, sealed)
      if (JSON.stringify(otherContent) !== JSON.stringify(content)) refusal(id, { ...sealed, content: otherContent })
      refusal(id, sealed, 1)
    }))
  })

  it("opens whatever the order of its members, as JSON may have it", () => {
    const sealed = run(RecordSeal.seal("x", { a: 1, b: { c: 2, d: 3 } }))
    assert.deepStrictEqual(run(RecordSeal.open("x", { mac: sealed.mac, content: { b: { d: 3, c: 2 }, a: 1 } })), {
      a: 1,
      b: { c: 2, d: 3 }
    })
  })

  it("keeps id and content apart", () => {
    // Were they joined without more, these would have the same code.
    const one = run(RecordSeal.seal("a\n1", 1))
    const other = run(RecordSeal.seal("a", 1))
    assert.notStrictEqual(one.mac, other.mac)
    refusal("a", one)
    refusal("a\n1", other)
  })

  it("is refused in any other form", () => {
    const { content, mac } = run(RecordSeal.seal("x", { a: 1 }))
    const raw = Buffer.from(mac, "base64")
    const forms: ReadonlyArray<Json> = [
      null,
      true,
      1,
      "x",
      [],
      {},
      { content },
      { mac },
      { content, mac: null },
      { content, mac: 1 },
      { content, mac: [mac] },
      { content, mac: "" },
      { content, mac: "?" },
      { content, mac: raw.toString("hex") },
      { content, mac: raw.subarray(0, 31).toString("base64") },
      { content, mac: Buffer.concat([raw, Buffer.of(0)]).toString("base64") },
      { content, mac: Buffer.concat([Buffer.of((raw[0] ?? 0) ^ 1), raw.subarray(1)]).toString("base64") },
      { content, mac: Buffer.concat([raw.subarray(0, 31), Buffer.of((raw[31] ?? 0) ^ 0x80)]).toString("base64") }
    ]
    for (const form of forms) refusal("x", form)
    assert.deepStrictEqual(run(RecordSeal.open("x", { content, mac })), { a: 1 })
  })

  it("shows its code, if it has one", () => {
    assert.strictEqual(RecordSeal.macOf({ content: 1, mac: "x" }), "x")
    for (const value of [null, 1, {}, { mac: "x" }, { content: 1, mac: 2 }]) assert.isUndefined(RecordSeal.macOf(value))
  })
})

import { assert, describe, it } from "@effect/vitest"
import { storageError } from "@keystead/storage-sql/Failure"

const said = (message: string, errcode?: number) =>
  storageError("here", Object.assign(new Error(message), errcode === undefined ? {} : { errcode })).reason

describe("storageError", () => {
  it("reads the number that node:sqlite gives, with what it adds in its upper bits", () => {
    const expected = [
      [13, "Full"],
      [8, "ReadOnly"],
      [8 | (4 << 8), "ReadOnly"],
      [3, "ReadOnly"],
      [11, "Corrupt"],
      [11 | (1 << 8), "Corrupt"],
      [26, "Corrupt"],
      [522, "Corrupt"],
      [10, "Unavailable"],
      [778, "Unavailable"],
      [5, "Unavailable"],
      [14, "Unavailable"],
      [18, "Unacceptable"],
      [1, "Unavailable"]
    ] as const
    for (const [errcode, reason] of expected) assert.strictEqual(said("some words", errcode), reason, String(errcode))
  })

  it("reads the name that Cloudflare puts into a message", () => {
    assert.strictEqual(said("D1_ERROR: database or disk is full: SQLITE_FULL"), "Full")
    assert.strictEqual(said("D1_ERROR: Exceeded maximum DB size"), "Full")
    assert.strictEqual(said("string or blob too big: SQLITE_TOOBIG"), "Unacceptable")
    assert.strictEqual(said("database disk image is malformed: SQLITE_CORRUPT"), "Corrupt")
    assert.strictEqual(said("no such table: keystead_records: SQLITE_ERROR"), "Incompatible")
    assert.strictEqual(said("D1_ERROR: D1 DB is overloaded. Requests queued for too long."), "Unavailable")
  })

  it("reads SQLite's words where a host gives no more", () => {
    assert.strictEqual(said("database is locked"), "Unavailable")
    assert.strictEqual(said("attempt to write a readonly database"), "ReadOnly")
    assert.strictEqual(said("file is not a database"), "Corrupt")
    assert.strictEqual(said("table keystead_records already exists", 1), "Incompatible")
  })

  it("names the place, the code, and what to do", () => {
    const { message, place } = storageError("/data/store.sqlite", Object.assign(new Error("full"), { errcode: 13 }))
    assert.strictEqual(place, "/data/store.sqlite")
    assert.strictEqual(
      message,
      "/data/store.sqlite has no space left (SQLITE_FULL). Free some and try again: nothing was changed."
    )
    assert.match(storageError("here", "no error").message, /^here does not answer as it should\. Look at the database/)
    assert.match(storageError("here", Object.assign(new Error("x"), { errcode: 21 })).message, /SQLite's 21/)
  })
})

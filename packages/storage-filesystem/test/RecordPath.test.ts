import { assert, describe, it } from "@effect/vitest"
import { HOSTILE_IDS } from "@keystead/core/storage/Contract"
import {
  decodeFile,
  decodeName,
  folderOf,
  isLong,
  isShard,
  LONG,
  recordPath
} from "@keystead/storage-filesystem/RecordPath"
import * as fc from "fast-check"

const part = fc.oneof(
  fc.constantFrom(
    "",
    ".",
    "..",
    "con",
    "CON",
    "nul.txt",
    "a.json",
    "@0a",
    "%",
    "%41",
    "A",
    "é",
    "e\u0301",
    "key",
    "x.",
    " "
  ),
  fc.string({ unit: "binary", minLength: 0, maxLength: 8 }),
  fc.string({ unit: fc.constantFrom("a", "A", ".", "-", "_", "%", "4", "1", "\u0301"), maxLength: 6 })
)
const id = fc.oneof(
  fc.array(part, { minLength: 1, maxLength: 5 }).map((parts) => parts.join("/")).filter((text) => text !== ""),
  fc.constantFrom(...HOSTILE_IDS)
)

/** The id that a path stands for, as a listing finds it. */
const decoded = (path: ReadonlyArray<string>) => {
  const folders = path.slice(0, -2).map(decodeName)
  return [...folders, decodeFile(path.at(-2) ?? "", path.at(-1) ?? "")].join("/")
}

describe("recordPath", () => {
  it("can be turned back into the id", () => {
    fc.assert(
      fc.property(id, (text) => {
        const path = recordPath(text)
        assert.strictEqual(path[0] === LONG, isLong(text))
        if (!isLong(text)) assert.strictEqual(decoded(path), text)
      }),
      { numRuns: 2000 }
    )
  })

  it("gives names that every file system takes, whatever it does with case and Unicode forms", () => {
    fc.assert(
      fc.property(id, (text) => {
        const path = recordPath(text)
        assert.isAtMost(path.join("/").length, 420)
        for (const [index, name] of path.entries()) {
          assert.match(
            name,
            index === path.length - 2
              ? /^(@[0-9a-f]{2}|[0-9a-f]{2})$/
              : /^(@long|(?:[a-z0-9._-]|%[0-9A-F]{2})+|%)(\.json)?$/
          )
          assert.notMatch(name, /^\.|\.$|^(?:con|prn|aux|nul|com\d|lpt\d)(?:\.|$)/i)
          assert.isAtMost(name.length, 255)
        }
      }),
      { numRuns: 2000 }
    )
  })

  it("gives two ids never the same path, not even where case is ignored", () => {
    fc.assert(fc.property(fc.uniqueArray(id, { minLength: 2, maxLength: 30 }), (ids) => {
      const folded = ids.map((text) => recordPath(text).join("/").toLowerCase().normalize("NFKC"))
      assert.strictEqual(new Set(folded).size, ids.length)
    }))
    assert.strictEqual(
      new Set(HOSTILE_IDS.map((text) => recordPath(text).join("/").toLowerCase())).size,
      HOSTILE_IDS.length
    )
  })

  it("puts an id into the folder of each of its prefixes", () => {
    fc.assert(fc.property(id, fc.nat(), (text, at) => {
      const slashes = [...text.matchAll(/\//g)].map(({ index }) => index)
      const slash = slashes[at % Math.max(slashes.length, 1)]
      if (isLong(text) || slash === undefined) return
      const folder = folderOf(text.slice(0, slash + 1))
      assert.deepStrictEqual(recordPath(text).slice(0, folder.length), folder)
      assert.isFalse(folder.some(isShard))
    }))
  })

  it("is what the documentation shows", () => {
    assert.strictEqual(
      recordPath("alias/111122223333/eu-west-1/alias/app").join("/"),
      "alias/111122223333/eu-west-1/alias/@2c/app.json"
    )
    assert.strictEqual(recordPath("alias/My App").at(-1), "%4Dy%20%41pp.json")
  })

  it("spreads the ids of one folder evenly", () => {
    const shards = new Map<string, number>()
    for (let index = 0; index < 25_600; index++) {
      const shard = recordPath(`alias/app-${String(index).padStart(6, "0")}`).at(-2) ?? ""
      shards.set(shard, (shards.get(shard) ?? 0) + 1)
    }
    assert.strictEqual(shards.size, 256)
    assert.isBelow(Math.max(...shards.values()), 200)
  })
})

describe("decodeName and decodeFile", () => {
  it.each(["A", "é", "%4", "%4g", "%61", "%c3%a9", "%C3", "%ED%A0%80", ".hidden", "con", "a.", "@0a", "a b", "%%", ""])(
    "leave the name %j to someone else",
    (name) => assert.isUndefined(decodeName(name))
  )
  it("leave a file in the wrong shard to someone else", () => {
    assert.strictEqual(decodeFile("@2c", "app.json"), "app")
    assert.isUndefined(decodeFile("@2d", "app.json"))
    assert.isUndefined(decodeFile("@2c", "app.json.bak"))
  })
})

/** Credentials files, well-meant and hostile. */
import { assert, describe, it } from "@effect/vitest"
import * as AccessKeysFile from "@keystead/cli/serve/AccessKeysFile"
import * as FirstAccessKey from "@keystead/cli/serve/FirstAccessKey"
import { isLoopback } from "@keystead/cli/serve/Loopback"
import { parseAccessKeys } from "@keystead/http/auth/AccessKeys"
import * as Effect from "effect/Effect"
import * as Result from "effect/Result"
import * as fc from "fast-check"
import { chmodSync, mkdirSync, readFileSync, statSync, symlinkSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import { failed, makeWorld, temporaryFolder } from "./support/Keystead.ts"

const secret = "do-not-show-this-secret"

const valid = {
  accessKeyId: "KSTDEXAMPLEEXAMPLE00",
  secretAccessKey: secret,
  principal: "arn:aws:sts::111122223333:assumed-role/payroll/ada"
}

const parse = (...accessKeys: ReadonlyArray<unknown>) => parseAccessKeys(JSON.stringify({ accessKeys }))

const problem = (result: ReturnType<typeof parse>): string => Result.isFailure(result) ? result.failure : "none"

describe("a credentials file", () => {
  it("gives access keys, and whom they stand for", () => {
    const policy = { Version: "2012-10-17", Statement: [{ Effect: "Allow", Action: "kms:*", Resource: "*" }] }
    const keys = Result.getOrThrow(parse(valid, {
      ...valid,
      accessKeyId: "KSTDEXAMPLEEXAMPLE01",
      sessionToken: "token",
      expires: "2026-11-24T18:00:00Z",
      tags: { team: "pay" },
      identityPolicies: [policy, JSON.stringify(policy)]
    }))
    assert.deepStrictEqual(keys.get("KSTDEXAMPLEEXAMPLE00"), {
      accessKeyId: valid.accessKeyId,
      secretAccessKey: secret,
      caller: { principal: valid.principal, tags: {}, identityPolicies: [] }
    })
    const session = keys.get("KSTDEXAMPLEEXAMPLE01")
    assert.strictEqual(session?.expires, Date.UTC(2026, 10, 24, 18))
    assert.strictEqual(session?.sessionToken, "token")
    assert.deepStrictEqual(session?.caller.tags, { team: "pay" })
    assert.lengthOf(session?.caller.identityPolicies ?? [], 2)
    assert.strictEqual(keys.size, 2)
    assert.strictEqual(Result.getOrThrow(parse()).size, 0)
  })

  it("says what is wrong with it, and where", () => {
    const cases: ReadonlyArray<readonly [object, RegExp]> = [
      [{ ...valid, accessKeyId: "short" }, /access key id.*\["accessKeys"\]\[0\]\["accessKeyId"\]/],
      [{ ...valid, accessKeyId: "KSTD EXAMPLE EXAMPLE" }, /access key id/],
      [{ ...valid, secretAccessKey: "" }, /secret access key/],
      [{ ...valid, secretAccessKey: undefined }, /secretAccessKey/],
      [{ ...valid, principal: "ada" }, /ARN of a principal/],
      [{ ...valid, principal: "arn:aws:iam::1:user/ada" }, /ARN of a principal/],
      [{ ...valid, expires: "tomorrow" }, /date/],
      [{ ...valid, expires: "2026-13-24T18:00:00Z" }, /date/],
      [{ ...valid, expires: 1 }, /expires/],
      [{ ...valid, tags: { a: 1 } }, /tags/],
      [{ ...valid, tags: { Team: "a", team: "b" } }, /more than case/],
      [{ ...valid, identityPolicies: [{ Statement: [] }] }, /Statement/],
      [{ ...valid, identityPolicies: ["{"] }, /accessKeys 0/],
      [{ ...valid, identityPolicies: [1] }, /identityPolicies/],
      [{ ...valid, secret: "x" }, /no excess property/]
    ]
    for (const [key, says] of cases) {
      assert.match(problem(parse(key)), says)
      assert.notMatch(problem(parse(key)), /do-not-show|\n/)
    }
    assert.match(problem(parse(valid, valid)), /accessKeys 1: .*twice/)
    for (const text of ["", "{", "[]", "null", "1", `{"accessKeys":{}}`, `{"accessKeys":[null]}`, `{"keys":[]}`]) {
      assert.isTrue(Result.isFailure(parseAccessKeys(text)), text)
    }
  })

  it("does not reach prototypes", () => {
    const text = JSON.stringify({ accessKeys: [{ ...valid, tags: { a: "1" } }] }).replace(`"a"`, `"__proto__"`)
    parseAccessKeys(text)
    parseAccessKeys(`{"__proto__":{"polluted":1},"accessKeys":[]}`)
    assert.notProperty({}, "polluted")
    const keys = Result.getOrThrow(parse(valid))
    for (const id of ["__proto__", "constructor", "toString"]) assert.isUndefined(keys.get(id))
  })

  it("is never a defect, whatever it is", () =>
    fc.assert(
      fc.property(
        fc.oneof(
          fc.string(),
          fc.json(),
          fc.jsonValue().map((value) => JSON.stringify({ accessKeys: [value] }))
        ),
        (text) => {
          parseAccessKeys(text)
        }
      )
    ))

  it.effect("is its owner's alone, no folder, and not too long", () =>
    Effect.gen(function*() {
      const folder = yield* temporaryFolder
      const path = join(folder, "credentials")
      const read = Effect.map(Effect.flip(AccessKeysFile.read(path)), ({ message }) => message)
      assert.match(yield* read, /no such file/)
      writeFileSync(path, JSON.stringify({ accessKeys: [valid] }))
      for (const mode of [0o644, 0o640, 0o604, 0o601, 0o660]) {
        chmodSync(path, mode)
        assert.match(yield* read, new RegExp(`others than its owner may read it. Run: chmod 600 ${path}`))
      }
      chmodSync(path, 0o600)
      assert.strictEqual((yield* AccessKeysFile.read(path)).size, 1)
      symlinkSync(path, join(folder, "link"))
      assert.strictEqual((yield* AccessKeysFile.read(join(folder, "link"))).size, 1)
      writeFileSync(path, " ".repeat(16 * 1024 * 1024 + 1))
      assert.match(yield* read, /longer than/)
      mkdirSync(join(folder, "folder"), { mode: 0o700 })
      assert.match((yield* Effect.flip(AccessKeysFile.read(join(folder, "folder")))).message, /is a folder/)
    }))
})

describe("the first access key", () => {
  it.effect("is kept in a new file, and never over another", () =>
    Effect.gen(function*() {
      const folder = yield* temporaryFolder
      const path = join(folder, "new", "credentials")
      const key = yield* FirstAccessKey.create(path, valid.principal)
      assert.match(key?.accessKeyId ?? "", /^KSTD[A-Z2-7]{16}$/)
      assert.lengthOf(key?.secretAccessKey ?? "", 40)
      assert.strictEqual(statSync(path).mode & 0o777, 0o600)
      assert.deepStrictEqual(JSON.parse(readFileSync(path, "utf8")), { accessKeys: [key] })
      assert.isUndefined(yield* FirstAccessKey.create(path, valid.principal))
      assert.strictEqual(
        (yield* AccessKeysFile.read(path)).get(key?.accessKeyId ?? "")?.caller.principal,
        valid.principal
      )
      const file = yield* Effect.flip(FirstAccessKey.create(join(path, "below"), valid.principal))
      assert.match(file.message, /^Cannot write/)
    }))

  it("shows its secret on terminals only, in words that shells take", () => {
    const key = { ...valid, secretAccessKey: "a/b+c d'e" }
    const terminal = FirstAccessKey.howTo(key, "/a b/c", "http://h:1", "eu-west-1", true)
    assert.include(terminal, `AWS_SECRET_ACCESS_KEY='a/b+c d'\\''e'`)
    const pipe = FirstAccessKey.howTo(key, "/a b/c", "http://h:1", "eu-west-1", false)
    assert.notInclude(pipe, "a/b+c")
    assert.include(pipe, "'/a b/c'")
  })
})

describe("the options of serve", () => {
  it.effect("must go together", () =>
    Effect.gen(function*() {
      const { file, run } = yield* makeWorld
      const serve = (...args: ReadonlyArray<string>) => run("serve", "--memory", ...args)
      failed(yield* serve("--auth", "none", "--host", "0.0.0.0"), 2, /loopback/)
      failed(yield* serve("--auth", "none", "--host", "::"), 2, /loopback/)
      failed(yield* serve("--auth", "none", "--host", "example.com"), 2, /loopback/)
      failed(yield* serve("--clock", "controllable", "--host", "0.0.0.0"), 2, /loopback/)
      failed(yield* serve("--auth", "none", "--credentials", file("none")), 2, /--credentials/)
      failed(yield* serve("--auth", "basic"), 2, /--auth/)
      failed(yield* serve("--cert", file("none")), 2, /go together/)
      failed(yield* serve("--cert", file("none"), "--key", file("none")), 7, /no such file/)
      failed(yield* serve("--port", "65536"), 2, /0 to 65535/)
      failed(yield* serve("--as", "arn:aws:iam::111122223333:root"), 2, /no --as/)
      failed(yield* serve("--host", "192.0.2.1"), 1, /^keystead: Cannot listen on 192\.0\.2\.1/)
    }))

  it("know the addresses that only this machine reaches", () => {
    for (const host of ["localhost", "127.0.0.1", "127.1.2.3", "::1", "[::1]"]) assert.isTrue(isLoopback(host), host)
    for (const host of ["0.0.0.0", "::", "", "localhost.example", "127.0.0.1.example", "10.0.0.1", "1270.0.1"]) {
      assert.isFalse(isLoopback(host), host)
    }
  })
})

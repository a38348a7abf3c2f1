/** What may go wrong with a Durable Object: nothing that was acknowledged is lost, and nothing is done twice. */
import { afterEach, assert, describe, it } from "@effect/vitest"
import { rmSync } from "node:fs"
import { accessKeys, makeFolder, rootKey, type Setup, start, type Workerd } from "./support/Workerd.ts"

const secrets = { KEYSTEAD_ROOT_KEY: rootKey, KEYSTEAD_CREDENTIALS: accessKeys }
const own = encodeURIComponent("account/111122223333")
const day = 24 * 60 * 60 * 1000

const folders: Array<string> = []
const running: Array<Workerd> = []

const started = async (setup: Setup): Promise<Workerd> => {
  const workerd = await start(setup)
  running.push(workerd)
  return workerd
}

const makeStore = (): string => {
  const folder = makeFolder()
  folders.push(folder)
  return folder
}

afterEach(async () => {
  await Promise.all(running.splice(0).map((workerd) => workerd.stop()))
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true, force: true })
})

const keysOf = async (workerd: Workerd): Promise<ReadonlyArray<string>> =>
  ((await workerd.kms().listKeys({ Limit: 1000 })).Keys ?? []).map(({ KeyId = "" }) => KeyId)

/** Asks until the answer is as wanted; the test's own time is the limit. */
const until = async (asked: () => Promise<boolean>): Promise<void> => {
  while (!await asked()) await new Promise((resolve) => void setTimeout(resolve, 50))
}

describe("a Durable Object that is aborted", () => {
  for (const when of ["before", "after"]) {
    it(`${when} a commit has done it once when the call succeeds`, async () => {
      const workerd = await started({ folder: makeStore(), bindings: secrets })
      const kms = workerd.kms()
      const first = (await kms.createKey({})).KeyMetadata?.KeyId ?? ""
      await workerd.test(`abort/${own}/${when}`)
      const second = (await kms.createKey({})).KeyMetadata?.KeyId ?? ""
      assert.deepStrictEqual((await keysOf(workerd)).toSorted(), [first, second].toSorted())
      // The commit of the name that it had is known, and no other one is made in its place.
      assert.strictEqual(await workerd.test(`rows/${own}/keystead_commits`), 2)
    })
  }
})

describe("workerd that is killed", () => {
  it("under load has kept every key whose making was acknowledged", async () => {
    const folder = makeStore()
    const workerd = await started({ folder, bindings: secrets })
    const acknowledged: Array<string> = []
    const writer = async () => {
      const kms = workerd.kms()
      for (;;) acknowledged.push((await kms.createKey({})).KeyMetadata?.KeyId ?? "")
    }
    const writers = Array.from({ length: 4 }, () => writer().catch(() => undefined))
    await until(async () => acknowledged.length >= 40)
    await running.pop()?.stop()
    await Promise.all(writers)
    const again = await started({ folder, bindings: secrets })
    const kept = new Set(await keysOf(again))
    assert.deepStrictEqual(acknowledged.filter((keyId) => !kept.has(keyId)), [])
    const [keyId = ""] = acknowledged
    assert.isDefined((await again.kms().encrypt({ KeyId: keyId, Plaintext: new Uint8Array(1) })).CiphertextBlob)
  })
})

describe("the alarm", () => {
  const scheduled = async (workerd: Workerd, offset: number) => {
    const kms = workerd.kms()
    const KeyId = (await kms.createKey({})).KeyMetadata?.KeyId ?? ""
    await workerd.test(`clock/${offset}`)
    await kms.scheduleKeyDeletion({ KeyId, PendingWindowInDays: 7 })
    await workerd.test("clock/0")
  }
  const open = { KEYSTEAD_ROOT_KEY: rootKey, OPTIONS: { auth: "none" } }
  const records = async (workerd: Workerd) => Number(await workerd.test(`rows/${own}/keystead_records`))

  it("rings when something falls due, and not before", async () => {
    const workerd = await started({ bindings: open })
    await scheduled(workerd, 0)
    const at = Number(await workerd.test(`alarm/${own}`))
    assert.isTrue(at > Date.now() + 6 * day && at < Date.now() + 8 * day)
    assert.strictEqual(await records(workerd), 3)
    // It falls due within a second.
    await scheduled(workerd, -7 * day + 500)
    await until(async () => await records(workerd) === 3)
    assert.strictEqual(await workerd.test(`alarm/${own}`), at)
  })

  it("that finds no secret rings again, and does what is due when there is one", async () => {
    const folder = makeStore()
    const workerd = await started({ folder, bindings: open })
    await scheduled(workerd, 0)
    await workerd.stop()
    for (const KEYSTEAD_ROOT_KEY of ["", "bm90IDMyIGJ5dGVz", Buffer.alloc(32, 8).toString("base64")]) {
      const without = await started({ folder, bindings: { ...open, KEYSTEAD_ROOT_KEY } })
      await without.test(`clock/${8 * day}`)
      const [first, second] = [Number(await without.test(`ring/${own}`)), Number(await without.test(`ring/${own}`))]
      assert.approximately(first - Date.now() - 8 * day, 60_000, 10_000)
      assert.approximately(second - Date.now() - 8 * day, 120_000, 10_000)
      assert.isAbove(await records(without), 1)
      await without.stop()
    }
    const again = await started({ folder, bindings: open })
    await again.test(`clock/${8 * day}`)
    assert.isNull(await again.test(`ring/${own}`))
    assert.isAtMost(await records(again), 1)
  })
})

describe("the root key's secret", () => {
  const failure = async (KEYSTEAD_ROOT_KEY: string | undefined, folder = makeStore()): Promise<unknown> => {
    const workerd = await started({ folder, bindings: { KEYSTEAD_ROOT_KEY } })
    try {
      await workerd.test("embedded/objects")
      return "nothing"
    } catch (error) {
      const { message, reason, tag }: { message?: string; reason?: string; tag?: string } = Object(error)
      assert.notInclude(message, KEYSTEAD_ROOT_KEY === undefined || KEYSTEAD_ROOT_KEY === "" ? "?" : KEYSTEAD_ROOT_KEY)
      return `${tag} ${reason}`
    } finally {
      await workerd.stop()
    }
  }

  it("that is missing or malformed is a RootKeyError", async () => {
    assert.strictEqual(await failure(undefined), "RootKeyError Missing")
    assert.strictEqual(await failure("not base64!"), "RootKeyError Unreadable")
    assert.strictEqual(await failure(Buffer.alloc(31).toString("base64")), "RootKeyError Unreadable")
  })

  it("of another store is a RootKeyError, and changes nothing", async () => {
    const folder = makeStore()
    assert.strictEqual(await failure(rootKey, folder), "nothing")
    assert.strictEqual(await failure(Buffer.alloc(32, 8).toString("base64"), folder), "RootKeyError Wrong")
    assert.strictEqual(await failure(rootKey, folder), "nothing")
  })

  it("is not told to who asks an endpoint without one", async () => {
    const workerd = await started({ bindings: { KEYSTEAD_CREDENTIALS: accessKeys } })
    const reply = await fetch(workerd.url, { method: "POST", body: "{}" })
    assert.strictEqual(reply.status, 500)
    assert.notInclude(await reply.text(), "KEYSTEAD_ROOT_KEY")
  })
})

describe("a Durable Object whose database is not this Keystead's", () => {
  it("is a StorageError where a newer Keystead made its tables", async () => {
    const workerd = await started({ bindings: { KEYSTEAD_ROOT_KEY: rootKey } })
    await workerd.test("embedded/objects")
    await workerd.test(`run/${own}/${encodeURIComponent("INSERT INTO keystead_migrations VALUES (1000)")}`)
    await workerd.test(`restart/${own}`)
    const { message, reason, tag }: { message?: string; reason?: string; tag?: string } = Object(
      await workerd.test("embedded/objects").catch((error: unknown) => error)
    )
    assert.strictEqual(`${tag} ${reason}`, "StorageError Incompatible")
    assert.match(message ?? "", /schema version 1000/)
  })

  it("fails calls, and gives no key that was changed", async () => {
    const workerd = await started({
      bindings: { KEYSTEAD_ROOT_KEY: rootKey, OPTIONS: { auth: "none", cache: { age: 0 } } }
    })
    const kms = workerd.kms()
    const KeyId = (await kms.createKey({})).KeyMetadata?.KeyId ?? ""
    const damage = `UPDATE keystead_records SET value = replace(value, 'Enabled', 'Disable') WHERE id LIKE 'key/%'`
    await workerd.test(`run/${own}/${encodeURIComponent(damage)}`)
    const refused = await kms.describeKey({ KeyId }).catch((error: unknown) => error)
    assert.strictEqual(Object(refused).name, "KMSInternalException")
  })
})

import { afterAll, assert, beforeAll, describe, it } from "@effect/vitest"
import * as Chain from "@keystead/core/audit/Chain"
import * as Noble from "@keystead/core/crypto/Noble"
import * as Effect from "effect/Effect"
import { createHash, createHmac, randomBytes } from "node:crypto"
import { accessKeys, credentials, rootKey, start, type Workerd } from "./support/Workerd.ts"

const noble = Noble.layer((length) => new Uint8Array(randomBytes(length)))
const checked = (lines: ReadonlyArray<string>) => Effect.runPromise(Effect.provide(Chain.verify(lines), noble))

interface Page {
  readonly entries: ReadonlyArray<Chain.Entry>
  readonly next?: number
}

function asPage(answer: unknown): Page
function asPage(answer: unknown): unknown {
  return answer
}

const namesOf = ({ entries }: Page): ReadonlyArray<unknown> => entries.map(({ event }) => Object(event).eventName)
const linesOf = ({ entries }: Page): ReadonlyArray<string> => entries.map((entry) => JSON.stringify(entry))

/** The headers that sign a GET for `/audit`. Source: AWS IAM user guide, "Create a signed AWS API request". */
const signed = (url: URL, accessKeyId: string) => {
  const date = new Date().toISOString().replaceAll(/[-:]|\.\d+/g, "")
  const scope = `${date.slice(0, 8)}/eu-west-1/kms/aws4_request`
  const sha256 = (text: string) => createHash("sha256").update(text).digest("hex")
  const canonical = `GET\n${url.pathname}\n${
    url.search.slice(1)
  }\nhost:${url.host}\nx-amz-date:${date}\n\nhost;x-amz-date\n`
  const toSign = `AWS4-HMAC-SHA256\n${date}\n${scope}\n${sha256(canonical + sha256(""))}`
  const mac = (key: string | Buffer, text: string) => createHmac("sha256", key).update(text).digest()
  const key = scope.split("/").reduce<string | Buffer>(mac, `AWS4${credentials.secretAccessKey}`)
  const signature = mac(key, toSign).toString("hex")
  return {
    "x-amz-date": date,
    authorization:
      `AWS4-HMAC-SHA256 Credential=${accessKeyId}/${scope}, SignedHeaders=host;x-amz-date, Signature=${signature}`
  }
}

describe("the audit trail in Durable Objects", () => {
  let workerd: Workerd
  beforeAll(async () => {
    workerd = await start({
      bindings: { KEYSTEAD_ROOT_KEY: rootKey, KEYSTEAD_CREDENTIALS: accessKeys, OPTIONS: { audit: "required" } }
    })
  })
  afterAll(() => workerd.stop())

  it("has every call of an account, allowed or refused, in a chain", async () => {
    const kms = workerd.kms()
    const { KeyMetadata: { KeyId = "" } = {} } = await kms.createKey({})
    await kms.encrypt({ KeyId, Plaintext: new TextEncoder().encode("secret text") })
    await kms.disableKey({ KeyId: "alias/none" }).catch(() => undefined)
    const page = asPage(await workerd.test("events/111122223333"))
    assert.deepStrictEqual(namesOf(page), ["CreateKey", "Encrypt", "DisableKey"])
    const lines = linesOf(page)
    assert.deepStrictEqual(await checked(lines), { intact: true, entries: 3, writers: 1 })
    assert.isFalse((await checked(lines.toSpliced(1, 1))).intact)
    assert.notInclude(lines.join(), Buffer.from("secret text").toString("base64"))
    await workerd.kms("eu-west-1", "AKIAXXXXXXXXXXXXXXXX").listKeys({}).catch(() => undefined)
    const [refused] = asPage(await workerd.test("events/")).entries
    assert.strictEqual(Object(refused?.event).errorCode, "UnrecognizedClientException")
  })

  it("is told to the account's root, by pages, and to nobody else", async () => {
    const audit = (accessKeyId: string) => {
      const url = new URL("/audit?after=1", workerd.url)
      return fetch(url, { headers: signed(url, accessKeyId) })
    }
    const reply = await audit(credentials.accessKeyId)
    assert.strictEqual(reply.status, 200)
    assert.deepStrictEqual(
      (await reply.text()).trim().split("\n").map((line) => Object(JSON.parse(line)).event.eventName),
      ["Encrypt", "DisableKey"]
    )
    assert.strictEqual((await audit("AKIAI44QH8DHBEXAMPLE")).status, 403)
  })

  it("begins another chain after 10,000 events, and lets the oldest go after 100,000", async () => {
    const account = "999999999999"
    const own = encodeURIComponent(`account/${account}`)
    await workerd.test(`note/${own}/2`)
    await workerd.test(`run/${own}/${encodeURIComponent("UPDATE keystead_events SET n = n * 109999 - 109998 + 4")}`)
    await workerd.test(`run/${own}/${encodeURIComponent("UPDATE keystead_events SET n = 109999 WHERE n > 5")}`)
    await workerd.test(`restart/${own}`)
    await workerd.test(`note/${own}/3`)
    const page = asPage(await workerd.test(`events/${account}`))
    assert.deepStrictEqual(namesOf(page), ["Event 1", "Event 0", "Event 1", "Event 2"])
    const [, last, first] = page.entries
    assert.notStrictEqual(last?.writer, first?.writer)
    assert.deepStrictEqual(await checked(linesOf(page).slice(2)), { intact: true, entries: 2, writers: 1 })
  })

  it("is read in pages of 1,000", async () => {
    const own = encodeURIComponent("account/888888888888")
    await workerd.test(`note/${own}/1001`)
    const first = asPage(await workerd.test("events/888888888888"))
    assert.strictEqual(first.entries.length, 1000)
    assert.strictEqual(first.next, 1000)
    const second = asPage(await workerd.test("events/888888888888/1000"))
    assert.strictEqual(second.next, undefined)
    assert.deepStrictEqual(await checked([...linesOf(first), ...linesOf(second)]), {
      intact: true,
      entries: 1001,
      writers: 1
    })
  })
})

it("answers under the endpoint's own names, and to no page of another origin, as the endpoint itself does", async () => {
  const options = (own: object) => ({ KEYSTEAD_ROOT_KEY: rootKey, OPTIONS: { auth: "none", ...own } })
  const named = await start({ bindings: options({ hosts: ["kms.example.com"] }) })
  try {
    assert.strictEqual((await fetch(new URL("/audit", named.url))).status, 403)
  } finally {
    await named.stop()
  }
  const open = await start({ bindings: options({}) })
  try {
    const headers = { origin: "https://elsewhere.example.com" }
    assert.strictEqual((await fetch(new URL("/audit", open.url), { headers })).status, 403)
    assert.strictEqual((await fetch(new URL("/audit", open.url))).status, 200)
  } finally {
    await open.stop()
  }
})

/** The suite notices a service that does otherwise than it must: each test here spoils one thing of a good one. */
import { afterAll, assert, beforeAll, describe, it } from "@effect/vitest"
import { type Capabilities, core, runtimes } from "@keystead/conformance/behaviour/Capabilities"
import { suite } from "@keystead/conformance/behaviour/Suite"
import type { Client, Target } from "@keystead/conformance/behaviour/Target"
import { type OpenKms, openKms } from "@keystead/runtime-node/OpenKms"
import * as streams from "@keystead/runtime-node/SealStreams"
import { openCore } from "./hosts/CoreAlone.ts"
import { judge, targetOf } from "./hosts/Target.ts"

const can: Capabilities = { ...runtimes.Node.can, durable: false }

type Spoil = (client: Client) => Partial<Client>

/** What fails the check, in some way or other. */
const broken: Readonly<Record<string, readonly [spoil: Spoil, check: string]>> = {
  "does not bind the encryption context": [
    (client) => ({
      encrypt: (input) => client.encrypt({ ...input, EncryptionContext: undefined }),
      decrypt: (input) => client.decrypt({ ...input, EncryptionContext: undefined })
    }),
    "opens whole, with its context"
  ],
  "puts the parts of a context together without their lengths": [
    (client) => {
      const joined = (context: Record<string, string> = {}) => ({ all: Object.entries(context).flat().join("") })
      return {
        encrypt: ({ EncryptionContext, ...input }) =>
          client.encrypt({ ...input, EncryptionContext: joined(EncryptionContext) }),
        decrypt: ({ EncryptionContext, ...input } = {}) =>
          client.decrypt({ ...input, EncryptionContext: joined(EncryptionContext) })
      }
    },
    "opens whole, with its context"
  ],
  "does not ask which key is named": [
    (client) => ({ decrypt: (input) => client.decrypt({ ...input, KeyId: undefined }) }),
    "opens whole, with its context"
  ],
  "revives a key that waits for its deletion": [
    (client) => ({ enableKey: (input) => client.enableKey(input).catch(() => undefined) }),
    "waits for its deletion"
  ],
  "says a refusal in other words": [
    (client) => ({
      encrypt: (input) =>
        client.encrypt(input).catch((error: Error) => {
          throw Object.assign(new Error("No."), { name: error.name })
        })
    }),
    "a disabled key does nothing"
  ],
  "refuses by another name": [
    (client) => ({
      describeKey: (input) =>
        client.describeKey(input).catch(() => {
          throw Object.assign(new Error("No."), { name: "InvalidArnException" })
        })
    }),
    "is not found"
  ],
  "answers that a signature is not valid": [
    (client) => ({ verify: (input) => client.verify(input).catch(() => ({ SignatureValid: false })) }),
    "ECC_NIST_P384 keys sign"
  ],
  "hashes a digest again": [
    (client) => ({ sign: (input) => client.sign({ ...input, MessageType: undefined }) }),
    "ECC_NIST_P256 keys sign"
  ],
  "notes a rotation and does not rotate": [
    (client) => ({ rotateKeyOnDemand: () => Promise.resolve({}), listKeyRotations: client.listKeyRotations }),
    "before a rotation"
  ],
  "carries a dry run out": [
    (client) => ({ encrypt: (input) => client.encrypt({ ...input, DryRun: undefined }) }),
    "a dry run says"
  ],
  "gives the same data key each time": [
    (client) => {
      let first: ReturnType<Client["generateDataKey"]> | undefined
      return {
        generateDataKey: (input) =>
          input.KeySpec === "AES_256" ? first ??= client.generateDataKey(input) : client.generateDataKey(input)
      }
    },
    "data keys come in clear"
  ],
  "forgets an alias's new key": [
    () => ({ updateAlias: () => Promise.resolve() }),
    "an alias names a key"
  ],
  "does not ask what a grant is bound to": [
    (client) => ({ createGrant: (input) => client.createGrant({ ...input, Constraints: undefined }) }),
    "a grant lets its grantee"
  ],
  "forgets to revoke": [() => ({ revokeGrant: () => Promise.resolve() }), "a grant lets its grantee"],
  "keeps a key policy and does not ask it": [() => ({ putKeyPolicy: () => Promise.resolve() }), "a key policy lets in"],
  "tells the plaintext in an error": [
    (client) => ({
      encrypt: (input) =>
        client.encrypt(input).catch((error: Error) => {
          const message = `${error.message} ${new TextDecoder().decode(input.Plaintext)}`
          throw Object.assign(new Error(message), { name: error.name })
        })
    }),
    "no error tells a secret"
  ],
  "lets everybody win a race": [
    (client) => ({ createAlias: (input) => client.createAlias(input).catch(() => undefined) }),
    "of many who make the same alias"
  ],
  "refuses a foreign ML-KEM ciphertext": [
    (client) => {
      const known = new Set<string>()
      return {
        encapsulate: async (input) => {
          const reply = await client.encapsulate(input)
          known.add(String(reply.SharedSecretCiphertextBlob))
          return reply
        },
        decapsulate: (input) =>
          known.has(String(input.SharedSecretCiphertextBlob))
            ? client.decapsulate(input)
            : Promise.reject(new Error("No."))
      }
    },
    "ML-KEM keys take out"
  ],
  "imports any material": [
    (client) => ({ importKeyMaterial: (input) => client.importKeyMaterial(input).catch(() => ({})) }),
    "imported key material"
  ],
  "lists every page twice": [
    (client) => ({
      listKeys: async (input) => {
        const { Keys = [], ...page } = await client.listKeys(input)
        return { ...page, Keys: [...Keys, ...Keys] }
      }
    }),
    "made Enabled, told by its id"
  ]
}

/** The checks whose names contain the words, and what each finds. */
const findings = async (target: Target, words: string, abilities = can): Promise<ReadonlyArray<string>> => {
  const found: Array<string> = []
  for (const { name, run } of suite(abilities).filter((check) => check.name.includes(words))) {
    found.push(await run(target).then(() => "", (error) => `${name}: ${String(error)}`))
  }
  return found
}

describe("the suite", () => {
  let kms: OpenKms
  let target: Target
  beforeAll(async () => {
    const open = async () => kms = await openKms()
    target = await targetOf({ open, streams })
  })
  afterAll(() => kms.close())

  for (const [name, [spoil, words]] of Object.entries(broken)) {
    it(`notices a service that ${name}`, async () => {
      const spoiled: Target = { ...target, client: { ...target.client, ...spoil(target.client) } }
      const found = await findings(spoiled, words)
      assert.strictEqual(found.length, 1)
      assert.notStrictEqual(found[0], "")
      assert.deepStrictEqual(await findings(target, words), [""])
    })
  }

  it("notices a service that forgets all when it is opened again, that writes no events, and streams that open too much", async () => {
    const forgetful = { ...target, reopen: async () => await openKms() }
    assert.match(String(await findings(forgetful, "opened again", runtimes.Node.can)), /NotFoundException/)
    assert.match(
      String(await findings({ ...target, events: () => Promise.resolve([]) }, "audit event")),
      /The events is/
    )
    const { streams: whole } = target
    const lenient = whole && {
      ...whole,
      open: (pieces: ReadonlyArray<Uint8Array>) => whole.open(pieces).catch(() => new Uint8Array())
    }
    assert.match(
      String(await findings({ ...target, ...(lenient === undefined ? {} : { streams: lenient }) }, "streams seal")),
      /was opened/
    )
  })

  it("asks for what a service should lack, and notices that it has it", async () => {
    const found = await findings(target, "not here: RSA keys", { ...can, rsa: false, rsaDigests: false })
    assert.strictEqual(found.length, 2)
    for (const problem of found) assert.match(problem, /should have failed with UnsupportedOperationException/)
  })

  it("is passed by the core alone, with no host's primitives", async () => {
    const alone = await targetOf({ open: openCore, streams })
    const verdicts = await judge(suite(core), alone)
    await alone.close()
    assert.deepStrictEqual(verdicts.filter(({ problem }) => problem !== undefined), [])
    const lacking = verdicts.filter(({ name }) => name.startsWith("not here: "))
    assert.strictEqual(lacking.length, Object.values(core).filter((ability) => ability !== true).length - 2)
  })
})

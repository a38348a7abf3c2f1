/** Keys of every kind, in pure JavaScript and by `node:crypto`. */
import { Crypto } from "@keystead/core/crypto/Crypto"
import type { KeyKind, PreparedKey, Signed } from "@keystead/core/crypto/KeyKind"
import { edwardsKinds } from "@keystead/core/crypto/kinds/Edwards"
import { ellipticKinds } from "@keystead/core/crypto/kinds/Elliptic"
import { hmacKinds } from "@keystead/core/crypto/kinds/Hmac"
import { mlDsaKinds } from "@keystead/core/crypto/kinds/MlDsa"
import { mlKemKinds } from "@keystead/core/crypto/kinds/MlKem"
import { nodeKinds } from "@keystead/runtime-node/kinds/NodeKinds"
import * as NodeCrypto from "@keystead/runtime-node/NodeCrypto"
import * as Effect from "effect/Effect"
import { constants, createPrivateKey, sign as bareSign } from "node:crypto"
import { type Contender, inFiber, measure, nanoseconds, type Samples, timesFaster } from "../framework/Measure.ts"
import type { Result } from "../framework/Result.ts"
import type { Suite } from "../framework/Suite.ts"

const nobleKinds = [...hmacKinds, ...ellipticKinds, ...edwardsKinds, ...mlDsaKinds, ...mlKemKinds]

/** A key of one spec by one layer, with all that its uses take. */
interface Subject {
  readonly kind: KeyKind
  readonly key: PreparedKey
  readonly publicKey: Uint8Array
  readonly bytes: Uint8Array
}

type Program = Effect.Effect<unknown, unknown, Crypto>

const crypto = await Effect.runPromise(Effect.provide(Crypto.use((crypto) => Effect.succeed(crypto)), NodeCrypto.layer))
const provided = <A, E>(program: Effect.Effect<A, E, Crypto>) => Effect.provideService(program, Crypto, crypto)
const run = <A, E>(program: Effect.Effect<A, E, Crypto>): Promise<A> => Effect.runPromise(provided(program))

const message = new Uint8Array(1024).fill(7)

const signed = ({ kind }: Subject, algorithm = kind.usages.SIGN_VERIFY?.[0] ?? ""): Signed => ({
  algorithm,
  message,
  messageType: "RAW"
})

const rsaPlaintext = message.subarray(0, 32)
const oaep = "RSAES_OAEP_SHA_256"

/** The uses of keys. What a use takes that another one makes is made beforehand, once. */
const uses = async (subject: Subject): Promise<Readonly<Record<string, Program | undefined>>> => {
  const { key, kind, publicKey } = subject
  const { encapsulate, encrypt, verify } = kind
  const signature = key.sign === undefined ? message : await run(key.sign(signed(subject)))
  const encapsulated = encapsulate === undefined ? undefined : await run(encapsulate(publicKey))
  const encrypted = encrypt === undefined ? undefined : await run(encrypt(publicKey, oaep, rsaPlaintext))
  return {
    MAC: key.mac?.(message),
    sign: key.sign?.(signed(subject)),
    verify: verify?.(publicKey, signed(subject), signature),
    agree: key.agree?.(publicKey),
    encapsulate: encapsulate?.(publicKey),
    decapsulate: encapsulated === undefined ? undefined : key.decapsulate?.(encapsulated.ciphertext),
    encrypt: encrypt?.(publicKey, oaep, rsaPlaintext),
    decrypt: encrypted === undefined ? undefined : key.decrypt?.(oaep, encrypted)
  }
}

const subjectOf = async (kind: KeyKind, bytes: Uint8Array, publicKey: Uint8Array): Promise<Subject> => ({
  kind,
  key: await run(kind.prepare(bytes)),
  publicKey,
  bytes
})

/** OpenSSL's own signing of the same message, by a key that is open already: what the core is measured against. */
const bare = ({ bytes, kind }: Subject): (() => unknown) | undefined => {
  const [algorithm = ""] = kind.usages.SIGN_VERIFY ?? []
  const key = createPrivateKey({ key: Buffer.from(bytes), format: "der", type: "pkcs8" })
  if (algorithm.startsWith("ECDSA")) return () => bareSign(`sha${algorithm.slice(-3)}`, message, key)
  if (algorithm.startsWith("ML_DSA")) return () => bareSign(null, message, key)
  if (!algorithm.startsWith("RSASSA_PSS")) return undefined
  const { RSA_PKCS1_PSS_PADDING: padding, RSA_PSS_SALTLEN_DIGEST: saltLength } = constants
  return () => bareSign(`sha${algorithm.slice(-3)}`, message, { key, padding, saltLength })
}

const repeated = (call: () => unknown) => (count: number): void => {
  for (let i = 0; i < count; i++) call()
}

const effort = { rounds: 9, sample: 40 }

const row = (samples: Samples, name: string, against?: string): Result => ({
  name,
  value: 1e9 / nanoseconds(samples, name),
  unit: "calls/s",
  against: against ?? null,
  ratio: against === undefined ? null : timesFaster(samples, name, against),
  target: null
})

/** Uses that are the core's on Node too: OpenSSL would draw the randomness itself. Ed25519 has none to draw. */
const isCores = (keySpec: string, use: string): boolean =>
  use === "encapsulate" || (use === "sign" && /^ECC_(NIST_P|SECG)|^ML_DSA/.test(keySpec))

/** One use of keys of one spec, by everyone who has it. */
const compared = async (
  name: string,
  { bare, core, node }: { readonly [Who in "bare" | "core" | "node"]: Contender["batch"] | undefined }
): Promise<ReadonlyArray<Result>> => {
  const contenders = [["core", core], ["bare", bare], ["Node", node]] as const
  const samples = await measure(
    contenders.flatMap(([who, batch]) => batch === undefined ? [] : [{ name: `${name}, ${who}`, batch }]),
    effort
  )
  const rows: Array<Result> = []
  if (bare !== undefined) rows.push(row(samples, `${name}, bare`))
  if (core !== undefined) rows.push(row(samples, `${name}, core`, bare && `${name}, bare`))
  if (node !== undefined) rows.push(row(samples, `${name}, Node`, core ? `${name}, core` : bare && `${name}, bare`))
  return rows
}

const batchOf = (program: Program | undefined): Contender["batch"] | undefined =>
  program === undefined ? undefined : inFiber(Effect.orDie(provided(program)))

/** Keys of one spec by every layer that has them. */
const measured = async (node: KeyKind): Promise<ReadonlyArray<Result>> => {
  const { keySpec } = node
  const { bytes, publicKey = new Uint8Array(0) } = await run(node.generate)
  const noble = nobleKinds.find((kind) => kind.keySpec === keySpec)
  const onNode = await subjectOf(node, bytes, publicKey)
  const byNode = await uses(onNode)
  const byNoble = noble === undefined ? {} : await uses(await subjectOf(noble, bytes, publicKey))
  const results: Array<Result> = []
  for (const [use, program] of Object.entries(byNode)) {
    if (program === undefined) continue
    const direct = use === "sign" ? bare(onNode) : undefined
    results.push(
      ...await compared(`${keySpec} ${use}`, {
        core: batchOf(byNoble[use]),
        bare: direct === undefined ? undefined : repeated(direct),
        node: isCores(keySpec, use) ? undefined : batchOf(program)
      })
    )
  }
  return results
}

const specs = [
  "HMAC_256",
  "HMAC_512",
  "ECC_NIST_P256",
  "ECC_NIST_P384",
  "ECC_NIST_P521",
  "ECC_SECG_P256K1",
  "ECC_NIST_EDWARDS25519",
  "ML_DSA_44",
  "ML_DSA_65",
  "ML_DSA_87",
  "ML_KEM_512",
  "ML_KEM_768",
  "ML_KEM_1024",
  "RSA_2048",
  "RSA_4096"
]

const suiteRun = async (): Promise<ReadonlyArray<Result>> => {
  const results: Array<Result> = []
  for (const spec of specs) {
    for (const kind of nodeKinds) if (kind.keySpec === spec) results.push(...await measured(kind))
  }
  return results
}

export const suite: Suite = {
  title: "Kinds of keys",
  about: [
    "What keys of each spec do, with messages of 1 KiB (RSA encryption: 32 bytes), the first algorithm of the spec, and the "
    + "key made ready beforehand; public keys are read from their DER in every call. *Core* is pure JavaScript, as in "
    + "browsers; *Node* is what `runtime-node` has in its place. Where no such line stands, it is the core's on Node too, since "
    + "OpenSSL would draw randomness itself (docs/decisions/0009-kinds-of-keys-on-node.md).",
    "*Bare* is OpenSSL's own signing, with its own randomness, by a key object: what keeping all hosts alike costs. "
    + "The ratio of a line is that to the line it names: how many times faster it is."
  ],
  run: suiteRun
}

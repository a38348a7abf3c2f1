/** Every rule of a document's structure, broken one at a time in a document that is signed all the same. */
import { assert, describe, it } from "@effect/vitest"
import { encode } from "cborg"
import * as Effect from "effect/Effect"
import { attest, members, path, refusalOf, sentence } from "./support/Attesting.ts"
import { type Differently, pcrs, signDocument } from "./support/Enclave.ts"

const bytes = (length: number): Uint8Array => new Uint8Array(length).fill(7)

const without = (name: string): unknown =>
  Object.fromEntries(Object.entries(members).filter(([member]) => member !== name))

const malformed = "is not well-formed CBOR"
const badPcrs = "has pcrs that are not 1 to 32"
const badIndex = "has a pcr whose index is not from 0 to 31"
const badTimestamp = "has a timestamp that is no positive integer"

const refused: ReadonlyArray<readonly [string, unknown, string]> = [
  ...["module_id", "digest", "timestamp", "pcrs", "certificate", "cabundle"].map((name) =>
    [`without ${name}`, without(name), `has no ${name}`] as const
  ),
  ["with another member", { ...members, nitrotpm_pcrs: pcrs }, "has a member that it should not have"],
  ["that is a list", ["module_id"], "is no map"],
  ["with an empty module_id", { ...members, module_id: "" }, "has no module_id that is text"],
  ["with a module_id of bytes", { ...members, module_id: bytes(4) }, "has no module_id that is text"],
  ["with another digest", { ...members, digest: "SHA256" }, "has a digest other than SHA384"],
  ["of no time", { ...members, timestamp: 0 }, badTimestamp],
  ["of a time before 1970", { ...members, timestamp: -1 }, badTimestamp],
  ["of a time in words", { ...members, timestamp: "now" }, badTimestamp],
  ["of a time too large", { ...members, timestamp: 2n ** 63n }, badTimestamp],
  ["of a broken time", { ...members, timestamp: 1.5 }, "has a floating-point number"],
  ["without a pcr", { ...members, pcrs: new Map() }, badPcrs],
  ["with 33 pcrs", { ...members, pcrs: new Map(Array.from({ length: 33 }, (_, at) => [at, bytes(48)])) }, badPcrs],
  ["with a list of pcrs", { ...members, pcrs: [bytes(48)] }, badPcrs],
  ["with pcr 32", { ...members, pcrs: new Map([[32, bytes(48)]]) }, badIndex],
  ["with pcr -1", { ...members, pcrs: new Map([[-1, bytes(48)]]) }, badIndex],
  ["with a named pcr", { ...members, pcrs: new Map([["0", bytes(48)]]) }, badIndex],
  ...[0, 31, 33, 47, 49, 63, 65].map((length) =>
    [
      `with a pcr of ${length} bytes`,
      { ...members, pcrs: new Map([[0, bytes(length)]]) },
      "has a pcr that is not of 32, 48, 64 bytes"
    ] as const
  ),
  [
    "with a pcr of text",
    { ...members, pcrs: new Map([[0, "a".repeat(48)]]) },
    "has a pcr that is not of 32, 48, 64 bytes"
  ],
  ["without authorities", { ...members, cabundle: [] }, "has a cabundle without certificates"],
  ["with a cabundle of bytes", { ...members, cabundle: bytes(4) }, "has a cabundle without certificates"],
  ["with a null certificate", { ...members, certificate: null }, "has a certificate that is no byte string"],
  [
    "with an empty certificate",
    { ...members, certificate: bytes(0) },
    "has a certificate that is not of 1 to 1024 bytes"
  ],
  [
    "with a long certificate",
    { ...members, certificate: bytes(1025) },
    "has a certificate that is not of 1 to 1024 bytes"
  ],
  [
    "with a long authority",
    { ...members, cabundle: [bytes(1025)] },
    "has a certificate in cabundle that is not of 1 to 1024 bytes"
  ],
  ["with an empty public_key", { ...members, public_key: bytes(0) }, "has a public_key that is not of 1 to 1024 bytes"],
  [
    "with a long public_key",
    { ...members, public_key: bytes(1025) },
    "has a public_key that is not of 1 to 1024 bytes"
  ],
  ["with user_data of text", { ...members, user_data: "x" }, "has a user_data that is no byte string"],
  ["with long user_data", { ...members, user_data: bytes(1025) }, "has a user_data that is not of 0 to 1024 bytes"],
  ["with a long nonce", { ...members, nonce: bytes(1025) }, "has a nonce that is not of 0 to 1024 bytes"],
  ["without a public_key", without("public_key"), "has no public_key to encrypt the reply to"],
  ["with a null public_key", { ...members, public_key: null }, "has no public_key to encrypt the reply to"]
]

/** A map's bytes with one of its keys twice. */
const twice = (): Uint8Array => {
  const [first, ...rest] = encode(members)
  return Uint8Array.of((first ?? 0) + 1, ...encode("digest"), ...encode("SHA384"), ...rest)
}

/** The same map with a length that is given at its end: so do newer hypervisors write. */
const indefinite = (): Uint8Array => Uint8Array.of(0xbf, ...encode(members).subarray(1), 0xff)

const envelopes: ReadonlyArray<readonly [string, Differently, string]> = [
  ["a key twice", { payload: twice() }, malformed],
  ["bytes after the payload's map", { payload: Uint8Array.of(...encode(members), 0) }, malformed],
  ["an unended map", { payload: indefinite().subarray(0, -1) }, malformed],
  ["an empty payload", { payload: new Uint8Array() }, "has a payload that is not of 1 to 16384 bytes"],
  ["a payload too long", { payload: bytes(16385) }, "has a payload that is not of 1 to 16384 bytes"],
  ["an integer in more bytes than it needs", { payload: Uint8Array.of(0xa1, 0x18, 0x01, 0x01) }, malformed],
  ["a tag inside", { payload: Uint8Array.of(0xc1, 0x01) }, malformed],
  ["ES256", { header: new Map([[1, -7]]) }, "is not signed with ES384"],
  ["no algorithm", { header: new Map() }, "is not signed with ES384"],
  ["more in its header", { header: new Map([[1, -35], [4, -1]]) }, "is not signed with ES384"],
  ["something unprotected", { unprotected: new Map([[4, "key"]]) }, "has an unprotected header that is not empty"],
  ["its payload detached", { change: ([header, rest, , sig]) => [header, rest, null, sig] }, "has no payload"],
  ["three parts", { change: (parts) => parts.slice(0, 3) }, "is no COSE_Sign1"],
  ["five parts", { change: (parts) => [...parts, 0] }, "is no COSE_Sign1"],
  ["a protected header that is no bytes", { change: ([, ...rest]) => [0, ...rest] }, "is no COSE_Sign1"],
  [
    "a short signature",
    { change: ([a, b, c]) => [a, b, c, bytes(95)] },
    "has a signature that is not of ES384"
  ],
  [
    "a signature of zeros",
    { change: ([a, b, c]) => [a, b, c, bytes(96).fill(0)] },
    "is not signed with its certificate's key"
  ]
]

describe("a document", () => {
  it.effect.each(refused)("%s is refused", ([, content, reason]) =>
    Effect.gen(function*() {
      assert.strictEqual(yield* refusalOf(signDocument(path, content)), sentence(reason))
    }))

  it.effect.each(envelopes)("with %s is refused", ([, differently, reason]) =>
    Effect.gen(function*() {
      assert.strictEqual(yield* refusalOf(signDocument(path, members, differently)), sentence(reason))
    }))

  it.effect.each<readonly [string, unknown, Differently]>([
    ["as it should be", members, {}],
    ["with COSE's tag", members, { tagged: true }],
    ["of indefinite length", members, { payload: indefinite() }],
    ["of one pcr of 32 bytes", { ...members, pcrs: new Map([[31, bytes(32)]]) }, {}],
    [
      "of 32 pcrs of 64 bytes",
      { ...members, pcrs: new Map(Array.from({ length: 32 }, (_, at) => [at, bytes(64)])) },
      {}
    ],
    ["with all the user data and nonce that fit", { ...members, user_data: bytes(1024), nonce: bytes(1024) }, {}],
    ["with no user data", { ...members, user_data: bytes(0), nonce: bytes(0) }, {}],
    ["without what it may leave out", { ...Object(without("user_data")), nonce: null }, {}]
  ])("%s is believed", ([, content, differently]) => attest(signDocument(path, content, differently)))

  it.effect.each(
    [
      ["nothing", Uint8Array.of()],
      ["a tag alone", Uint8Array.of(0xd2)],
      ["null", Uint8Array.of(0xf6)],
      ["other bytes", bytes(100)],
      ["lists in lists, deeper than any stack", new Uint8Array(262_144).fill(0x81)]
    ] as const
  )("that is %s is refused", ([, document]) =>
    Effect.gen(function*() {
      assert.match(yield* refusalOf(document), /^The attestation document is (not well-formed CBOR|no COSE_Sign1)\.$/)
    }))
})

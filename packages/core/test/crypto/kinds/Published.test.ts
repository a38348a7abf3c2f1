/** Answers that the specifications publish. */
import { assert, describe, it } from "@effect/vitest"
import { only, reader, tags, value } from "@keystead/core/crypto/Der"
import type { KeyKind } from "@keystead/core/crypto/KeyKind"
import { readPublic, writePrivate } from "@keystead/core/crypto/kinds/KeyInfo"
import { generate, has, hex, kindOf, nobleKinds, read, run } from "../../support/Kinds.ts"

const utf8 = (text: string): Uint8Array => Uint8Array.from(Buffer.from(text))

/** A scalar of RFC 6979, A.2, and what it signs "sample" with: by the hash of AWS's algorithm for the curve. */
const deterministic = [
  {
    keySpec: "ECC_NIST_P256",
    algorithm: "ECDSA_SHA_256",
    curve: "06082a8648ce3d030107",
    scalar: "c9afa9d845ba75166b5c215767b1d6934e50c3db36e89b127b8a622b120f6721",
    r: "efd48b2aacb6a8fd1140dd9cd45e81d69d2c877b56aaf991c34d0ea84eaf3716",
    s: "f7cb1c942d657c41d436c7a1b6e29f65f3e900dbb9aff4064dc4ab2f843acda8"
  },
  {
    keySpec: "ECC_NIST_P384",
    algorithm: "ECDSA_SHA_384",
    curve: "06052b81040022",
    scalar: "6b9d3dad2e1b8c1c05b19875b6659f4de23c3b667bf297ba9aa47740787137d896d5724e4c70a825f872c9ea60d2edf5",
    r: "94edbb92a5ecb8aad4736e56c691916b3f88140666ce9fa73d64c4ea95ad133c81a648152e44acf96e36dd1e80fabe46",
    s: "99ef4aeb15f178cea1fe40db2603138f130e740a19624526203b6351d0a3a94fa329c145786e679e7b82c71a38628ac8"
  },
  {
    keySpec: "ECC_NIST_P521",
    algorithm: "ECDSA_SHA_512",
    curve: "06052b81040023",
    scalar: "00fad06daa62ba3b25d2fb40133da757205de67f5bb0018fee8c86e1b68c7e75" +
      "caa896eb32f1f47c70855836a6d16fcc1466f6d8fbec67db89ec0c08b0e996b83538",
    r: "00c328fafcbd79dd77850370c46325d987cb525569fb63c5d3bc53950e6d4c5f" +
      "174e25a1ee9017b5d450606add152b534931d7d4e8455cc91f9b15bf05ec36e377fa",
    s: "00617cce7cf5064806c467f678d3b4080d6f1cc50af26ca209417308281b68af" +
      "282623eaa63e5b5c0723d8b8c37ff0777b1a20f8ccb1dccc43997f1ee0e44da4a67a"
  }
] as const

/** An INTEGER's contents of a number in hexadecimal. */
const integer = (text: string): string => {
  const short = text.replace(/^(00)+/, "")
  return /^[89a-f]/.test(short) ? `00${short}` : short
}

const derOf = (r: string, s: string): Uint8Array => {
  const both = [integer(r), integer(s)].map((text) => `02${(text.length / 2).toString(16).padStart(2, "0")}${text}`)
  const length = (both.join("").length / 2).toString(16)
  return hex(`30${length.length > 2 ? "" : length > "7f" ? "81" : ""}${length}${both.join("")}`)
}

describe("the published answers", () => {
  it.each(deterministic)("of RFC 6979, A.2: $keySpec", ({ algorithm, curve, keySpec, r, s, scalar }) => {
    const kind = kindOf(nobleKinds, keySpec)
    const bare = writePrivate(
      hex(`06072a8648ce3d0201${curve}`),
      value(tags.sequence, value(tags.integer, hex("01")), value(tags.octetString, hex(scalar)))
    )
    const key = run(kind.prepare(has(read(kind, bare)).bytes))
    assert.deepStrictEqual(
      run(has(key.sign)({ algorithm, message: utf8("sample"), messageType: "RAW" })),
      derOf(r, s)
    )
  })

  it.each([
    [
      "7.1, test 2",
      "ED25519_SHA_512",
      "4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb",
      "3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c",
      "72",
      "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da" +
      "085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00"
    ],
    [
      "7.3, Ed25519ph",
      "ED25519_PH_SHA_512",
      "833fe62409237b9d62ec77587520911e9a759cec1d19755b7da901b96dca3d42",
      "ec172b93ad5e563bf4932c70e1245034c35467ef2efd4d64ebf819683467e2bf",
      "616263",
      "98a70222f0b8121aa9d30f813d683f809e462b469c7ff87639499bb94e6dae41" +
      "31f85042463c2a355a2003d062adf5aaa10b8c61e636062aaad11c2a26083406"
    ]
  ])("of RFC 8032, %s", (_name, algorithm, seed, publicKey, message, signature) => {
    const kind = kindOf(nobleKinds, "ECC_NIST_EDWARDS25519")
    const secret = has(read(kind, hex(`302e020100300506032b657004220420${seed}`)))
    assert.deepStrictEqual(secret.publicKey, hex(`302a300506032b6570032100${publicKey}`))
    const signed = { algorithm, message: hex(message), messageType: "RAW" } as const
    assert.deepStrictEqual(run(has(run(kind.prepare(secret.bytes)).sign)(signed)), hex(signature))
    assert.isTrue(run(has(kind.verify)(has(secret.publicKey), signed, hex(signature))))
  })

  it.each([
    ["HMAC_224", "896fb1128abbdf196832107cd49df33f47b4b1169912ba4f53684b22"],
    ["HMAC_256", "b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7"],
    ["HMAC_384", "afd03944d84895626b0825f4ab46907f15f9dadbe4101ec682aa034c7cebc59cfaea9ea9076ede7f4af152e8b2fa9cb6"],
    [
      "HMAC_512",
      "87aa7cdea5ef619d4ff0b4241a1d6cb02379f4e2ce4ec2787ad0b30545e17cdedaa833b7d6b8a702038b274eaea3f4e4be9d914eeb61f1702e696c203a126854"
    ]
  ])("of RFC 4231, test case 1: %s", (keySpec, expected) => {
    // The key is shorter than KMS keys may be, so it is not read, only made ready.
    const key = run(kindOf(nobleKinds, keySpec).prepare(hex("0b".repeat(20))))
    assert.deepStrictEqual(run(has(key.mac)(utf8("Hi There"))), hex(expected))
  })

  // Their examples have the seed 00 01 02 ... and these public keys, of which the ends are compared.
  it.each([
    ["RFC 9881", "ML_DSA_44", 32, "d7b2b47254aae0db45e7930d4a98d2c9", "db9784cf05c830b3242c8312"],
    ["RFC 9935", "ML_KEM_512", 64, "3995815e597d104355cf29aa5333c932", "c3bc59a065a1b6d63b26c"],
    ["RFC 9935", "ML_KEM_1024", 64, "4b94c29450111191823b3514c9ac1ea3", "628776b983882e1175"]
  ])("of %s: %s", (_rfc, keySpec, length, beginning, end) => {
    const kind = kindOf(nobleKinds, keySpec)
    const algorithm = publicAlgorithm(kind)
    const seed = Uint8Array.from({ length }, (_, at) => at)
    const secret = has(read(kind, writePrivate(algorithm, value(0x80, seed))))
    const publicKey = Buffer.from(readPublic(algorithm, has(secret.publicKey))).toString("hex")
    assert.strictEqual(publicKey.slice(0, beginning.length), beginning)
    assert.strictEqual(publicKey.slice(-end.length), end)
  })
})

/** The AlgorithmIdentifier's contents in the public keys of a kind. */
const publicAlgorithm = (kind: KeyKind): Uint8Array =>
  reader(only(tags.sequence, has(generate(kind).publicKey))).next(tags.sequence)

/** Every rule of a certification path, broken one at a time. */
import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import { attest, key, refusalOf, rootOf, sentence } from "./support/Attesting.ts"
import { membersOf, publicKeyOf, signDocument } from "./support/Enclave.ts"
import {
  certify,
  certifySigner,
  constraints,
  day,
  type Differently,
  type Entity,
  extension,
  makePath,
  now,
  oids,
  type Path,
  usage
} from "./support/Pki.ts"

const publicKey = publicKeyOf(key)
const documentOf = (path: Path): Uint8Array => signDocument(path, membersOf(path, publicKey))

const root = certify("root")

/** A path of a root, one authority that differs, and a signer. */
const withAuthority = (differently: Differently): Path => {
  const authority = certify("authority", { issuer: root, ...differently })
  return { authorities: [root, authority], signer: certifySigner(authority) }
}

const withSigner = (differently: Differently): Path => {
  const { authorities } = makePath(3, root)
  return { authorities, signer: certifySigner(authorities.at(-1) ?? root, differently) }
}

/** A path of authorities with these path lengths, the root's first. */
const withLengths = (...lengths: ReadonlyArray<number | undefined>): Path => {
  const authorities: Array<Entity> = []
  for (const [at, length] of lengths.entries()) {
    const issuer = authorities.at(-1)
    const extensions = [constraints(true, length), usage("sign")]
    authorities.push(certify(`authority ${at}`, issuer === undefined ? { extensions } : { issuer, extensions }))
  }
  return { authorities, signer: certifySigner(authorities.at(-1) ?? root) }
}

const noAuthority = "has a cabundle with a certificate that is no authority's"
const tooLong = "has more certificates than the path length of one allows"
const notDer = "has a certificate that is not as it must be in DER"
const wrongSignature = "has a certificate whose signature is wrong"
const noSigner = "is signed with a certificate whose key may not sign documents"
const asAuthority = "is signed with an authority's certificate"
const notSha384 = "has a certificate that is not signed by ECDSA with SHA-384"

const refused: ReadonlyArray<readonly [string, () => Path, string]> = [
  ["an authority that is none", () => withAuthority({ extensions: [constraints(false), usage("sign")] }), noAuthority],
  ["an authority without basicConstraints", () => withAuthority({ extensions: [usage("sign")] }), noAuthority],
  [
    "an authority whose basicConstraints are not critical",
    () => withAuthority({ extensions: [constraints(true, 0, false), usage("sign")] }),
    noAuthority
  ],
  [
    "an authority that may sign revocation lists only",
    () => withAuthority({ extensions: [constraints(true), usage("crl")] }),
    "has a cabundle with a certificate whose key may not sign certificates"
  ],
  [
    "an authority without keyUsage",
    () => withAuthority({ extensions: [constraints(true)] }),
    "has a cabundle with a certificate whose key may not sign certificates"
  ],
  ["one authority too many under the root", () => withLengths(0, undefined), tooLong],
  ["one authority too many under another", () => withLengths(undefined, 0, undefined), tooLong],
  ["an authority of tomorrow", () => withAuthority({ from: now + 1000 }), "has a certificate that is not valid yet"],
  ["an authority of yesterday", () => withAuthority({ until: now - 1000 }), "has a certificate that has expired"],
  ["a signer of tomorrow", () => withSigner({ from: now + 1000 }), "has a certificate that is not valid yet"],
  ["a signer of yesterday", () => withSigner({ until: now - 1000 }), "has a certificate that has expired"],
  [
    "an authority under another name",
    () => withAuthority({ issuerName: "other" }),
    "has certificates that are not each other's issuers"
  ],
  [
    "a signer under another name",
    () => withSigner({ issuerName: "other" }),
    "has certificates that are not each other's issuers"
  ],
  ["an authority that another root signed", () => withAuthority({ issuer: certify("root") }), wrongSignature],
  [
    "a signer that another authority signed",
    () => {
      const { authorities } = makePath(3, root)
      return { authorities, signer: certifySigner(certify("authority 2")) }
    },
    wrongSignature
  ],
  [
    "a changed authority",
    () =>
      withAuthority({ forge: ({ tbsCertificate }) => void (tbsCertificate.serialNumber = Uint8Array.of(5, 5).buffer) }),
    wrongSignature
  ],
  [
    "a signer that is an authority",
    () => withSigner({ extensions: [constraints(true), usage("digital")] }),
    asAuthority
  ],
  [
    "a signer with a path length",
    () => withSigner({ extensions: [constraints(false, 0), usage("digital")] }),
    asAuthority
  ],
  ["a signer that may not sign", () => withSigner({ extensions: [constraints(false), usage("sign")] }), noSigner],
  ["a signer without keyUsage", () => withSigner({ extensions: [constraints(false)] }), noSigner],
  ["an authority on P-256", () => withAuthority({ curve: "P-256" }), "has a certificate whose key is not on P-384"],
  [
    "a signature of another algorithm",
    () => withSigner({ forge: ({ signatureAlgorithm }) => void (signatureAlgorithm.algorithm = oids.ecdsaWithSha256) }),
    notSha384
  ],
  [
    "two minds about its algorithm",
    () => withSigner({ change: ({ signature }) => void (signature.algorithm = oids.ecdsaWithSha256) }),
    notDer
  ],
  [
    "a signature of more than two numbers",
    () =>
      withSigner({
        forge: (certificate) => {
          // Every signature here is shorter than 128 bytes.
          const [tag = 0, length = 0, ...numbers] = new Uint8Array(certificate.signatureValue)
          certificate.signatureValue = Uint8Array.of(tag, length + 3, ...numbers, 0x02, 1, 1).buffer
        }
      }),
    notDer
  ],
  [
    "an unknown critical extension",
    () => withAuthority({ extensions: [constraints(true), usage("sign"), extension(oids.nameConstraints, [0x30, 0])] }),
    "has a certificate with a critical extension that is not understood"
  ],
  [
    "an extension twice",
    () => withSigner({ extensions: [constraints(false), usage("digital"), usage("digital")] }),
    "has a certificate with an extension twice"
  ],
  [
    "a certificate of version 1",
    () => withSigner({ change: (contents) => void (contents.version = 0) }),
    "has a certificate of another version than 3"
  ],
  [
    "bytes after a certificate",
    () => {
      const path = withSigner({})
      return { ...path, signer: { ...path.signer, der: Uint8Array.of(...path.signer.der, 0) } }
    },
    notDer
  ],
  [
    "a root that is not trusted",
    () => makePath(3),
    "is of a root certificate that is not trusted here"
  ],
  [
    "its authorities in the other order",
    () => {
      const { authorities, signer } = makePath(3, root)
      return { authorities: authorities.toReversed(), signer }
    },
    "is of a root certificate that is not trusted here"
  ],
  [
    "an authority left out",
    () => {
      const { authorities: [first, , third], signer } = makePath(3, root)
      return { authorities: [first, third].filter((one) => one !== undefined), signer }
    },
    "has certificates that are not each other's issuers"
  ]
]

describe("a document", () => {
  it.effect.each(refused)("with %s is refused", ([, make, reason]) =>
    Effect.gen(function*() {
      const path = make()
      const trusted = reason.includes("not trusted") || path.authorities[0] === root ? root.der : rootOf(path)
      assert.strictEqual(yield* refusalOf(documentOf(path), { root: trusted }), sentence(reason))
    }))

  it.effect.each<readonly [string, () => Path]>([
    ["the root alone", () => makePath(1)],
    ["one authority under it", () => makePath(2)],
    ["as many as Nitro has", () => makePath(4)],
    ["exactly as many as path lengths allow", () => withLengths(2, 1, 0)],
    ["no bounds to path lengths", () => withLengths(undefined, undefined, undefined)],
    [
      "an extension that is not critical",
      () => withSigner({ extensions: [usage("digital"), extension(oids.keyIdentifier, [0x04, 1, 1], false)] })
    ],
    ["certificates at their ends of validity", () => withSigner({ from: now, until: now })],
    ["certificates valid beyond 2049", () => withAuthority({ until: Date.UTC(2060, 1, 29) })],
    ["certificates valid since the last century", () => withAuthority({ from: Date.UTC(1970, 0, 1) })]
  ])("with %s is believed", ([, make]) => {
    const path = make()
    return attest(documentOf(path), { root: rootOf(path) })
  })

  it.effect("is not believed with the key of another certificate, however good", () =>
    Effect.gen(function*() {
      const path = makePath(3, root)
      const other = certifySigner(path.authorities.at(-1) ?? root)
      const document = signDocument(path, membersOf(path, publicKey), { key: other.privateKey })
      assert.strictEqual(
        yield* refusalOf(document, { root: root.der }),
        sentence("is not signed with its certificate's key")
      )
    }))

  it.effect("is not believed once the root has expired", () =>
    Effect.gen(function*() {
      const at = now + 2 * day
      const path = makePath(2, certify("root", { until: at - 1000 }))
      const late = signDocument(path, { ...membersOf(path, publicKey), timestamp: at })
      assert.strictEqual(
        yield* refusalOf(late, { root: rootOf(path), at }),
        sentence("has a certificate that has expired")
      )
    }))
})

/** Values that AWS publishes: its documentation's examples, its test suite of signatures, and its library in C. */
import { assert, describe, it } from "@effect/vitest"
import { asymmetricKey } from "@keystead/http/auth/Asymmetric"
import { hashOf } from "@keystead/http/auth/CanonicalRequest"
import { nobleHashes } from "@keystead/http/auth/Hashes"
import { symmetricKey } from "@keystead/http/auth/SigningKeys"
import { arrived, type Sent } from "./support/World.ts"

const secret = "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY"
const hex = (bytes: Uint8Array): string => Buffer.from(bytes).toString("hex")

const sent = (more: Partial<Sent>, headers: Record<string, string> = {}): Sent => ({
  method: "GET",
  path: "/",
  query: {},
  body: "",
  ...more,
  headers: { host: "example.amazonaws.com", "x-amz-date": "20150830T123600Z", ...headers }
})

const signature = (request: Sent): string => {
  const scope = "20150830/us-east-1/service/aws4_request"
  const hash = hashOf(arrived(request), Object.keys(request.headers).toSorted(), nobleHashes)
  const toSign = `AWS4-HMAC-SHA256\n20150830T123600Z\n${scope}\n${hash}`
  return hex(nobleHashes.hmacSha256(symmetricKey(secret, scope, nobleHashes), new TextEncoder().encode(toSign)))
}

describe("what AWS publishes", () => {
  it("is the signing key of the IAM user guide, Derive a signing key", () => {
    assert.strictEqual(
      hex(symmetricKey(secret, "20150830/us-east-1/iam/aws4_request", nobleHashes)),
      "c4afb1cc5771d871763a393e44b703571b55cc28424d1a5e86da6ed3c154a4b9"
    )
  })

  it("is the canonical request of the IAM user guide, Create a canonical request", () => {
    const request = sent({ query: { Action: "ListUsers", Version: "2010-05-08" } }, {
      "content-type": "application/x-www-form-urlencoded; charset=utf-8",
      host: "iam.amazonaws.com"
    })
    assert.strictEqual(
      hashOf(arrived(request), ["content-type", "host", "x-amz-date"], nobleHashes),
      "f536975d06c0309214f805bb90ccff089219ecd68b2577efef23edd43b7e1a59"
    )
  })

  it("is the signature test suite", () => {
    const suite: ReadonlyArray<readonly [name: string, request: Sent, signature: string]> = [
      ["get-vanilla", sent({}), "5fa00fa31553b73ebf1942676e86291e8372ff2a2260956d9b8aae1d763fbf31"],
      ["post-vanilla", sent({ method: "POST" }), "5da7c1a2acd57cee7505fc6676e4e544621c30862966e37dddb68e92efbe5d6b"],
      [
        "get-vanilla-empty-query-key",
        sent({ query: { Param1: "value1" } }),
        "a67d582fa61cc504c4bae71f336f98b97f1ea3c7a6bfe1b6e45aec72011b9aeb"
      ],
      [
        "get-vanilla-query-order-key-case",
        sent({ query: { Param2: "value2", Param1: "value1" } }),
        "b97d918cfa904a5beff61c982a1b6f458b799221646efd99d3219ec94cdf2500"
      ],
      [
        "get-header-value-trim",
        sent({}, { "my-header1": " value1", "my-header2": ` "a   b   c"` }),
        "acc3ed3afb60bb290fc8d2dd0098b9911fcaa05412b367055dee359757a9c736"
      ]
    ]
    for (const [name, request, expected] of suite) assert.strictEqual(signature(request), expected, name)
  })

  it("is the key pair of aws-c-auth's test of its derivation", () => {
    const publicKey = asymmetricKey("AKISORANDOMAASORANDOM", "q+jcrXGc+0zWN6uzclKVhvMmUsIfRPa4rlRandom", nobleHashes)
    assert.strictEqual(
      hex(publicKey),
      "0415d242ceebf8d8169fd6a8b5a746c41140414c3b07579038da06af89190fffcb"
        + "0515242cedd82e94799482e4c0514b505afccf2c0c98d6a553bf539f424c5ec0"
    )
  })
})

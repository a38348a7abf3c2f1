/** A key that fits an operation, and a request to it that would be carried out. */
import type { Client } from "@keystead/core/Client"
import type { OperationName } from "@keystead/core/operations/Registry"
import * as Effect from "effect/Effect"
import { forEver, importMaterial, wrapped } from "./Importing.ts"
import { bytes, createKey, root } from "./World.ts"

type CreateInput = Parameters<Client["createKey"]>[0]

const signing: CreateInput = { KeySpec: "ECC_NIST_EDWARDS25519", KeyUsage: "SIGN_VERIFY" }
const hmac: CreateInput = { KeySpec: "HMAC_256", KeyUsage: "GENERATE_VERIFY_MAC" }
const kem: CreateInput = { KeySpec: "ML_KEM_512", KeyUsage: "ENCAPSULATE_DECAPSULATE" }
const external: CreateInput = { Origin: "EXTERNAL" }
const agreeing: CreateInput = { KeySpec: "ECC_NIST_P256", KeyUsage: "KEY_AGREEMENT" }

/** What keys the operations need; the others are about symmetric ones. */
const keys: { readonly [Name in OperationName]?: CreateInput } = {
  Sign: signing,
  Verify: signing,
  GetPublicKey: signing,
  GenerateMac: hmac,
  VerifyMac: hmac,
  Encapsulate: kem,
  Decapsulate: kem,
  DeriveSharedSecret: agreeing,
  GetParametersForImport: external,
  ImportKeyMaterial: external,
  DeleteImportedKeyMaterial: external,
  ReplicateKey: { MultiRegion: true },
  UpdatePrimaryRegion: { MultiRegion: true }
}

/** Where replicas are. */
const elsewhere = "us-east-1"

const algorithms = {
  SigningAlgorithm: "ED25519_SHA_512",
  MacAlgorithm: "HMAC_SHA_256",
  EncapsulationAlgorithm: "ML_KEM",
  WrappingAlgorithm: "RSAES_OAEP_SHA_256",
  KeyAgreementAlgorithm: "ECDH"
} as const

/** What only the key itself can have made. */
const made = Effect.fnUntraced(function*(client: Client, operation: OperationName, KeyId: string) {
  const Message = bytes("x")
  switch (operation) {
    case "Verify":
      return yield* client.sign({ KeyId, Message, ...algorithms })
    case "VerifyMac":
      return yield* client.generateMac({ KeyId, Message, ...algorithms })
    case "Decapsulate":
      return yield* client.encapsulate({ KeyId, ...algorithms })
    case "DeriveSharedSecret":
      return yield* client.getPublicKey({ KeyId })
    case "GetParametersForImport":
    case "ImportKeyMaterial":
    case "DeleteImportedKeyMaterial":
      yield* importMaterial(client, KeyId, new Uint8Array(32))
      return { ...yield* wrapped(client, KeyId, new Uint8Array(32)), ...forEver }
    case "UpdatePrimaryRegion":
      return yield* client.replicateKey({ KeyId, ReplicaRegion: elsewhere })
    case "RetireGrant":
    case "RevokeGrant": {
      const { GrantId } = yield* client.createGrant({ KeyId, GranteePrincipal: root, Operations: ["DescribeKey"] })
      return { GrantId }
    }
    default:
      return keys[operation] === undefined ? yield* client.encrypt({ KeyId, Plaintext: Message }) : {}
  }
})

/** Members of requests to every operation that need no key to be made; those that are not known are ignored. */
export const members = {
  ...algorithms,
  Message: bytes("x"),
  Plaintext: bytes("x"),
  Signature: bytes("x"),
  Mac: bytes("x"),
  SharedSecretCiphertextBlob: bytes("x"),
  PublicKey: bytes("x"),
  ImportToken: bytes("x"),
  EncryptedKeyMaterial: bytes("x"),
  ...forEver,
  WrappingKeySpec: "RSA_2048",
  KeySpec: "AES_256",
  KeyPairSpec: "ECC_NIST_EDWARDS25519",
  ReplicaRegion: elsewhere,
  PrimaryRegion: elsewhere,
  GranteePrincipal: root,
  RetiringPrincipal: root,
  Operations: ["DescribeKey"],
  GrantId: "0".repeat(64),
  Description: "",
  Tags: [],
  TagKeys: [],
  Policy: JSON.stringify({ Statement: { Effect: "Allow", Principal: "*", Action: "kms:*", Resource: "*" } })
}

/** A new key that fits the operation, and members of a request about it; those that are not known are ignored. */
export const prepare = Effect.fnUntraced(function*(client: Client, operation: OperationName) {
  const KeyId = yield* createKey(client, keys[operation] ?? {})
  const input = {
    ...members,
    ...yield* made(client, operation, KeyId),
    // GetPublicKey's reply tells the key's spec in the same member.
    KeySpec: members.KeySpec,
    KeyId,
    TargetKeyId: KeyId,
    DestinationKeyId: KeyId,
    Tags: [{ TagKey: "a", TagValue: "b" }],
    TagKeys: ["a"]
  }
  return { KeyId, input }
})

/** The side of `@aws-crypto/client-node` in the envelope suite. */
import {
  AlgorithmSuiteIdentifier,
  buildClient,
  CommitmentPolicy,
  RawAesKeyringNode,
  RawAesWrappingSuiteIdentifier
} from "@aws-crypto/client-node"
import { defaultFrameLength } from "@keystead/core/envelope/Limits"
import { Readable } from "node:stream"
import { cut, small } from "./Pieces.ts"
import { names, wrappingKey } from "./WrappingKey.ts"

const client = buildClient(CommitmentPolicy.REQUIRE_ENCRYPT_REQUIRE_DECRYPT)

/** It overwrites the key that it is given, so it is given a copy. */
const keyring = new RawAesKeyringNode({
  ...names,
  unencryptedMasterKey: wrappingKey.slice(),
  wrappingSuite: RawAesWrappingSuiteIdentifier.AES256_GCM_IV12_TAG16_NO_PADDING,
  utf8Sorting: true
})

const options = {
  suiteId: AlgorithmSuiteIdentifier.ALG_AES256_GCM_IV12_TAG16_HKDF_SHA512_COMMIT_KEY,
  encryptionContext: { purpose: "bench" },
  frameLength: defaultFrameLength
}

type Transform = ReturnType<typeof client.encryptStream>

/** Sends the pieces through, and forgets what comes out. */
const through = (pieces: Iterable<Uint8Array>, transform: Transform): Promise<void> =>
  new Promise((resolve, reject) => {
    transform.on("data", () => {}).on("end", resolve).on("error", reject)
    Readable.from(pieces).pipe(transform)
  })

/** Seals a stream of these pieces, and forgets the message. */
export const sealStream = (pieces: Iterable<Uint8Array>): Promise<void> =>
  through(pieces, client.encryptStream(keyring, { ...options }))

/** Opens a stream of these pieces of a message, and forgets the plaintext. */
export const openStream = (pieces: Iterable<Uint8Array>): Promise<void> =>
  through(pieces, client.decryptUnsignedMessageStream(keyring))

/** The message of these pieces, in pieces as a program reads them of a file. */
export const sealedPieces = async (pieces: Iterable<Uint8Array>): Promise<ReadonlyArray<Uint8Array>> => {
  const { result } = await client.encrypt(keyring, Readable.from(pieces), { ...options })
  return cut(result)
}

/** Seals 1 KiB in memory. */
export const seal = async (): Promise<Uint8Array> => (await client.encrypt(keyring, small, { ...options })).result

/** Opens a message in memory. */
export const open = (message: Uint8Array): Promise<unknown> => client.decrypt(keyring, message)

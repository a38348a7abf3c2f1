/**
 * The root key out of a passkey, where browser and authenticator have WebAuthn's PRF extension (Web Authentication Level 3,
 * section 10.1.4): the authenticator gives 32 bytes that only it can compute, after its user has unlocked it. The root key is
 * derived from them and kept nowhere; the store has the passkey's id and the salt.
 *
 * Browsers ask for a passkey in a page alone, and most only after a click.
 */
import { RootKeyError } from "@keystead/core/Errors"
import * as Effect from "effect/Effect"
import * as Base64 from "effect/encoding/Base64"
import * as Schema from "effect/Schema"
import { handleOf, rootKeyOf } from "./CryptoKeyRootKey.ts"
import type { RootKeyChoice } from "./RootKeyChoice.ts"
import { unshared } from "./Unshared.ts"

/** What a new passkey is called. */
export interface PasskeyOptions {
  /** The app, as browsers show it. */
  readonly app: string
  /** Whose passkey, or which of several: shown where one is chosen. */
  readonly user: string
}

/** What the store keeps of a passkey, both in base64. */
const decode = Schema.decodeUnknownEffect(Schema.Struct({
  source: Schema.Literal("passkey"),
  id: Schema.Uint8ArrayFromBase64,
  salt: Schema.Uint8ArrayFromBase64
}))

const failed = (message: string) => new RootKeyError({ reason: "Missing", message })

const lacking = () =>
  failed(
    "This passkey cannot give a root key: its device, or the browser, lacks WebAuthn's PRF. Use another, or a passphrase."
  )

const notGiven = (error: unknown) =>
  error instanceof RootKeyError
    ? error
    : failed(
      `The passkey was not given (${
        error instanceof Error || error instanceof DOMException ? error.name : "unknown"
      }). `
        + "Ask again, after a click, and unlock the passkey."
    )

const asking = <A>(ask: (credentials: CredentialsContainer) => Promise<A>): Effect.Effect<A, RootKeyError> =>
  Effect.tryPromise({
    try: async () => {
      if (typeof navigator === "undefined" || !("credentials" in navigator)) {
        throw failed("Only a page can ask for a passkey: open the store there.")
      }
      return await ask(navigator.credentials)
    },
    catch: notGiven
  })

const random = (length: number): Uint8Array<ArrayBuffer> => crypto.getRandomValues(new Uint8Array(length))

/** No server checks a signature here: what is signed does not matter. */
const challenge = (): Uint8Array<ArrayBuffer> => random(32)

const publicKeyOf = (credential: Credential | null): PublicKeyCredential => {
  if (credential instanceof PublicKeyCredential) return credential
  throw lacking()
}

/** COSE's numbers of ES256, EdDSA and RS256. */
const algorithms = [-7, -8, -257]

/** Asks the passkey for the bytes that belong to the salt, as a handle. */
const unlock = async (
  credentials: CredentialsContainer,
  id: Uint8Array<ArrayBuffer>,
  salt: Uint8Array<ArrayBuffer>
) => {
  const credential = publicKeyOf(
    await credentials.get({
      publicKey: {
        challenge: challenge(),
        allowCredentials: [{ type: "public-key", id }],
        userVerification: "required",
        extensions: { prf: { eval: { first: salt } } }
      }
    })
  )
  const first = credential.getClientExtensionResults().prf?.results?.first
  if (!(first instanceof ArrayBuffer)) throw lacking()
  const secret = new Uint8Array(first)
  try {
    return await handleOf(secret)
  } finally {
    secret.fill(0)
  }
}

const make = async (
  credentials: CredentialsContainer,
  { app, user }: PasskeyOptions,
  salt: Uint8Array<ArrayBuffer>
) => {
  const credential = publicKeyOf(
    await credentials.create({
      publicKey: {
        challenge: challenge(),
        rp: { name: app },
        user: { id: random(16), name: user, displayName: user },
        pubKeyCredParams: algorithms.map((alg) => ({ type: "public-key", alg })),
        authenticatorSelection: { residentKey: "preferred", userVerification: "required" },
        extensions: { prf: {} }
      }
    })
  )
  if (credential.getClientExtensionResults().prf?.enabled !== true) throw lacking()
  const id = new Uint8Array(credential.rawId)
  return { id, handle: await unlock(credentials, id, salt) }
}

const another = () =>
  new RootKeyError({
    reason: "Wrong",
    message: "The store was not made with a passkey. Open it with the root key that it was made with."
  })

/** The root key of a store from a passkey: a new one for a store that is new, otherwise the one that it was made with. */
export const passkey = (options: PasskeyOptions): RootKeyChoice => ({
  create: Effect.gen(function*() {
    const salt = random(32)
    const { handle, id } = yield* asking((credentials) => make(credentials, options, salt))
    const parameters = { source: "passkey", id: Base64.encode(id), salt: Base64.encode(salt) }
    return { rootKey: yield* rootKeyOf(handle), parameters }
  }),
  obtain: Effect.fnUntraced(function*(parameters) {
    const { id, salt } = yield* Effect.mapError(decode(parameters), another)
    return yield* rootKeyOf(yield* asking((credentials) => unlock(credentials, unshared(id), unshared(salt))))
  })
})

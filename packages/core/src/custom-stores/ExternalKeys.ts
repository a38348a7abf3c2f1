/**
 * Keys in external key stores. Such a key encrypts twice: with Keystead's own key material first, and around that with a
 * key in the external key manager. Neither side can decrypt alone. Source: AWS KMS developer guide, "External key stores",
 * "Double encryption"; docs/formats.md.
 */
import * as Effect from "effect/Effect"
import * as CiphertextBlob from "../crypto/CiphertextBlob.ts"
import { externalKeyId, type ExternalKeyName } from "../domain/KeyRecord.ts"
import {
  CustomKeyStoreInvalidStateException,
  CustomKeyStoreNotFoundException,
  InvalidCiphertextException,
  UnsupportedOperationException,
  ValidationException,
  XksKeyAlreadyInUseException,
  XksKeyInvalidConfigurationException
} from "../Errors.ts"
import type { Loaded } from "../interpreter/Reader.ts"
import type { Asked, Find, LoadedKey } from "../operations/Operation.ts"
import * as Credential from "./Credential.ts"
import * as ExternalSeal from "./ExternalSeal.ts"
import * as Failures from "./Failures.ts"
import { KeyStoreFailure, KeyStoreProvider, type Purpose } from "./KeyStoreProvider.ts"
import type { ExternalKey, KeyStores, Placed, Placing, Wanted } from "./KeyStores.ts"
import * as StoreRecord from "./StoreRecord.ts"

/** The most bytes of additional data that every proxy takes. Source: AWS KMS external key store proxy API, "Encrypt". */
const longestAad = 8192

/** What a request to the proxy is for. */
export const purposeOf = ({ caller, requestId }: Asked, operation: string, keyArn?: string): Purpose => ({
  operation,
  requestId,
  principal: caller.principal,
  ...(keyArn === undefined ? {} : { keyArn }),
  ...(caller.viaService === undefined ? {} : { viaService: caller.viaService })
})

/** What the external key authenticates: header and encryption context. The proxy can read, log and decide by them. */
const aadOf = ({ header }: CiphertextBlob.CiphertextBlob, context: Uint8Array) => {
  const aad = new Uint8Array(header.length + context.length)
  aad.set(header)
  aad.set(context, header.length)
  return aad.length <= longestAad ? Effect.succeed(aad) : Effect.fail(
    new ValidationException({
      message: "The encryption context is too long for a KMS key in an external key store: it may have at most "
        + `${longestAad - header.length} bytes, serialized.`
    })
  )
}

const externalKey = (
  asked: Asked,
  key: LoadedKey,
  name: ExternalKeyName,
  store: StoreRecord.StoreRecord
): ExternalKey => ({
  connected: store.connection === "CONNECTED",
  wrap: Effect.fnUntraced(function*(bytes, context, operation) {
    const blob = CiphertextBlob.parse(bytes)
    if (blob === undefined) return yield* Effect.die(new Error("A ciphertext blob was expected"))
    const aad = yield* aadOf(blob, context)
    const connection = yield* Credential.connectionOf(store)
    const wrapped = yield* Effect.mapError(
      (yield* KeyStoreProvider).encrypt(connection, name.id, blob.sealed, aad, purposeOf(asked, operation, key.arn)),
      Failures.ofUse
    )
    return ExternalSeal.isWrapped(wrapped, blob.sealed.length)
      ? ExternalSeal.join(blob.header, wrapped)
      : yield* Failures.ofUse(new KeyStoreFailure({ reason: "InvalidResponse" }))
  }),
  unwrap: Effect.fnUntraced(function*(blob, context, operation) {
    const wrapped = ExternalSeal.split(blob.sealed)
    if (wrapped === undefined) return yield* new InvalidCiphertextException()
    const aad = yield* aadOf(blob, context)
    const connection = yield* Credential.connectionOf(store)
    const sealed = yield* Effect.mapError(
      (yield* KeyStoreProvider).decrypt(connection, name.id, wrapped, aad, purposeOf(asked, operation, key.arn)),
      Failures.ofUse
    )
    return sealed.length === wrapped.ciphertext.length
      ? sealed
      : yield* Failures.ofUse(new KeyStoreFailure({ reason: "InvalidResponse" }))
  })
})

const lend: KeyStores["lend"] = Effect.fnUntraced(function*({ reader }, asked, key) {
  const name = key.record.externalKey
  const loaded = name === undefined ? undefined : yield* StoreRecord.load(reader, key.record, name.store)
  return name === undefined || loaded === undefined ? nothing : externalKey(asked, key, name, loaded.content)
})

/** Of a key whose custom key store is not there. Nothing asks it for anything: the key is unavailable. */
const nothing: ExternalKey = {
  connected: false,
  wrap: () => Effect.die(new Error("The custom key store is not there")),
  unwrap: () => Effect.die(new Error("The custom key store is not there"))
}

/** Refuses keys that cannot be in an external key store, and says what is missing for one. */
const needPlaceable = Effect.fnUntraced(function*(wanted: Wanted) {
  const { CustomKeyStoreId: store, Origin: origin = "AWS_KMS", XksKeyId: id } = wanted
  if (origin === "AWS_CLOUDHSM") {
    return yield* new UnsupportedOperationException({
      message: "CloudHSM key stores are not supported: they need a CloudHSM cluster. Use Origin EXTERNAL_KEY_STORE."
    })
  }
  if (origin !== "EXTERNAL_KEY_STORE" || store === undefined || id === undefined) {
    return yield* new ValidationException({
      message:
        "A KMS key in an external key store needs Origin EXTERNAL_KEY_STORE, CustomKeyStoreId and XksKeyId; other "
        + "KMS keys have neither of these."
    })
  }
  const spec = wanted.KeySpec ?? wanted.CustomerMasterKeySpec ?? "SYMMETRIC_DEFAULT"
  if (spec !== "SYMMETRIC_DEFAULT" || wanted.MultiRegion === true) {
    return yield* new UnsupportedOperationException({
      message: "Only symmetric encryption KMS keys of a single Region can be created in a custom key store."
    })
  }
  return { store, id }
})

/** Asks the proxy for the external key, which must be one that can be used. */
const needUsable = Effect.fnUntraced(function*(store: StoreRecord.StoreRecord, id: string, asked: Asked) {
  const connection = yield* Credential.connectionOf(store)
  const { enabled, spec, usages } = yield* Effect.mapError(
    (yield* KeyStoreProvider).describeKey(connection, id, purposeOf(asked, "CreateKey")),
    Failures.ofCreateKey
  )
  if (!enabled || spec !== "AES_256" || !usages.includes("ENCRYPT") || !usages.includes("DECRYPT")) {
    yield* new XksKeyInvalidConfigurationException({
      message:
        `The external key ${id} must be an enabled 256-bit AES key for encryption and decryption: its spec is ${spec}, `
        + `its usage ${usages.join(", ")}, and it is ${enabled ? "enabled" : "disabled"}.`
    })
  }
})

const notFound = (id: string) =>
  new CustomKeyStoreNotFoundException({ message: `The custom key store ${id} does not exist.` })

/** Whether a KMS key has this external key. What is gone by now has it no more, whether or not it is still stored. */
const isInUse = Effect.fnUntraced(function*(find: Find, asked: Asked, name: ExternalKeyName) {
  const prefix = externalKeyId(asked, name, "")
  for (let after: string | undefined, more = true; more;) {
    const page = yield* find.ids(prefix, after, 100)
    for (const id of page) {
      if ((yield* find.keyOf(asked.account, id.slice(prefix.length))) !== undefined) return true
    }
    after = page.at(-1)
    more = page.length === 100
  }
  return false
})

const placeIn = (
  loaded: Loaded<StoreRecord.StoreRecord>,
  name: ExternalKeyName,
  inUse: boolean,
  asked: Asked
): Placing =>
  Effect.fnUntraced(function*(keyId) {
    const store = loaded.content
    if (store.connection !== "CONNECTED") {
      return yield* new CustomKeyStoreInvalidStateException({
        message:
          `The custom key store ${store.id} is not connected. Connect it with ConnectCustomKeyStore, and try again.`
      })
    }
    if (inUse) {
      return yield* new XksKeyAlreadyInUseException({
        message: `The external key ${name.id} is in use by another KMS key of the custom key store ${store.id}.`
      })
    }
    yield* needUsable(store, name.id, asked)
    const placed: Placed = {
      members: { origin: "EXTERNAL_KEY_STORE", externalKey: name },
      changes: [
        { _tag: "PutOther", id: externalKeyId(asked, name, keyId), version: null, content: {} },
        // As it is, but with another version: of two that make keys in it, or delete it, one comes first.
        { _tag: "PutOther", id: loaded.id, version: loaded.version, content: store }
      ]
    }
    return placed
  })

const placing: KeyStores["placing"] = Effect.fnUntraced(function*(wanted, find, asked) {
  const { CustomKeyStoreId: store, Origin: origin, XksKeyId: id } = wanted
  const custom = origin === "EXTERNAL_KEY_STORE" || origin === "AWS_CLOUDHSM"
  if (!custom && store === undefined && id === undefined) return undefined
  const loaded = store === undefined ? undefined : yield* StoreRecord.load(find.reader, asked, store)
  const inUse = loaded !== undefined && id !== undefined
    && (yield* isInUse(find, asked, { store: loaded.content.id, id }))
  return Effect.fnUntraced(function*(keyId) {
    const name = yield* needPlaceable(wanted)
    if (loaded === undefined) return yield* notFound(name.store)
    return yield* placeIn(loaded, name, inUse, asked)(keyId)
  })
})

/** Keys in external key stores. */
export const externalKeys: KeyStores = { lend, placing }

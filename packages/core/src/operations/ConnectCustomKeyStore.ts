import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import * as Credential from "../custom-stores/Credential.ts"
import { purposeOf } from "../custom-stores/ExternalKeys.ts"
import { connectionErrorCode } from "../custom-stores/Failures.ts"
import { KeyStoreProvider } from "../custom-stores/KeyStoreProvider.ts"
import type { StoreRecord } from "../custom-stores/StoreRecord.ts"
import { CustomKeyStoreInvalidStateException } from "../Errors.ts"
import { loadStore, needStore, put, storeId } from "./internal/KeyStores.ts"
import { aboutAccount, type Asked, operation, type RecordChange } from "./Operation.ts"

/** The custom key store connected, or with the reason why it cannot be. */
const connect = Effect.fnUntraced(function*(asked: Asked, store: StoreRecord) {
  const connection = yield* Credential.connectionOf(store)
  const provider = yield* KeyStoreProvider
  return yield* Effect.match(provider.health(connection, purposeOf(asked, "ConnectCustomKeyStore")), {
    onSuccess: (): StoreRecord => ({ ...store, connection: "CONNECTED" }),
    onFailure: (failure): StoreRecord => ({ ...store, connection: "FAILED", failure: connectionErrorCode(failure) })
  })
})

/** Connects a custom key store, so that its KMS keys can be used. DescribeCustomKeyStores tells whether it came about. */
export const ConnectCustomKeyStore = operation({
  name: "ConnectCustomKeyStore",
  readOnly: false,
  input: Schema.Struct({ CustomKeyStoreId: storeId }),
  output: Schema.Struct({}),
  states: undefined,
  load: loadStore,
  ...aboutAccount("kms:ConnectCustomKeyStore"),
  decide: Effect.fnUntraced(function*(request) {
    const { input: { CustomKeyStoreId: id }, records } = request
    const loaded = yield* needStore(records, id)
    if (loaded.content.connection === "FAILED") {
      return yield* new CustomKeyStoreInvalidStateException({
        message:
          `The last connection of the custom key store ${id} failed. Disconnect it with DisconnectCustomKeyStore, `
          + "put right what DescribeCustomKeyStores tells, and connect it again."
      })
    }
    const none: ReadonlyArray<RecordChange> = []
    // What is connected stays so: a proxy that does not answer at this moment takes no key away.
    return loaded.content.connection === "CONNECTED"
      ? { output: {}, changes: none }
      : { output: {}, changes: [put(loaded, yield* connect(request, loaded.content))] }
  })
})

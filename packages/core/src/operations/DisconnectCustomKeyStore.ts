import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import type { StoreRecord } from "../custom-stores/StoreRecord.ts"
import { CustomKeyStoreInvalidStateException } from "../Errors.ts"
import { loadStore, needStore, put, storeId } from "./internal/KeyStores.ts"
import { aboutAccount, operation } from "./Operation.ts"

/** Disconnects a custom key store. Until it is connected again, its KMS keys are unavailable. */
export const DisconnectCustomKeyStore = operation({
  name: "DisconnectCustomKeyStore",
  readOnly: false,
  input: Schema.Struct({ CustomKeyStoreId: storeId }),
  output: Schema.Struct({}),
  states: undefined,
  load: loadStore,
  ...aboutAccount("kms:DisconnectCustomKeyStore"),
  decide: Effect.fnUntraced(function*({ input: { CustomKeyStoreId: id }, records }) {
    const loaded = yield* needStore(records, id)
    const { failure: _, ...store } = loaded.content
    if (store.connection === "DISCONNECTED") {
      return yield* new CustomKeyStoreInvalidStateException({ message: `The custom key store ${id} is not connected.` })
    }
    const disconnected: StoreRecord = { ...store, connection: "DISCONNECTED" }
    return { output: {}, changes: [put(loaded, disconnected)] }
  })
})

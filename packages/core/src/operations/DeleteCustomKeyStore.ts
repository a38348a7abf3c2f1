import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import * as StoreRecord from "../custom-stores/StoreRecord.ts"
import { CustomKeyStoreHasCMKsException, CustomKeyStoreInvalidStateException } from "../Errors.ts"
import { needStore, putCount, storeId } from "./internal/KeyStores.ts"
import { aboutAccount, type Asked, type Find, operation, type RecordChange, type Request } from "./Operation.ts"

const pageSize = 100

/** Whether the custom key store has KMS keys. What is gone by now is none, whether or not it is still stored. */
const hasKeys = Effect.fnUntraced(function*(find: Find, asked: Asked, id: string) {
  const prefix = StoreRecord.externalPrefix(asked, id)
  for (let after: string | undefined, more = true; more;) {
    const page = yield* find.ids(prefix, after, pageSize)
    for (const one of page) {
      const keyId = one.slice(one.lastIndexOf("/") + 1)
      if ((yield* find.keyOf(asked.account, keyId)) !== undefined) return true
    }
    after = page.at(-1)
    more = page.length === pageSize
  }
  return false
})

/** What it decides on. */
export interface StoresAndUse extends StoreRecord.AllStores {
  /** Whether the one that the request names has KMS keys. */
  readonly used: boolean
}

const decide = Effect.fnUntraced(function*(request: Request<{ readonly CustomKeyStoreId: string }, StoresAndUse>) {
  const { input: { CustomKeyStoreId: id }, records } = request
  const loaded = yield* needStore({ store: records.stores.find(({ content }) => content.id === id) }, id)
  if (records.used) {
    return yield* new CustomKeyStoreHasCMKsException({
      message:
        `The custom key store ${id} has KMS keys. Delete them with ScheduleKeyDeletion, and wait until they are gone.`
    })
  }
  if (loaded.content.connection !== "DISCONNECTED") {
    return yield* new CustomKeyStoreInvalidStateException({
      message:
        `The custom key store ${id} is ${loaded.content.connection}. Disconnect it with DisconnectCustomKeyStore.`
    })
  }
  const changes: ReadonlyArray<RecordChange> = [
    { _tag: "RemoveOther", id: loaded.id, expected: loaded.version },
    putCount(request, records, records.stores.length - 1)
  ]
  return { output: {}, changes }
})

/** Deletes a disconnected custom key store that has no KMS keys. Nothing happens to the external key manager. */
export const DeleteCustomKeyStore = operation({
  name: "DeleteCustomKeyStore",
  readOnly: false,
  input: Schema.Struct({ CustomKeyStoreId: storeId }),
  output: Schema.Struct({}),
  states: undefined,
  load: ({ CustomKeyStoreId: id }, find, asked) =>
    Effect.gen(function*() {
      const all = yield* StoreRecord.loadAll(find.reader, asked)
      const stores: StoresAndUse = { ...all, used: StoreRecord.isStoreId(id) && (yield* hasKeys(find, asked, id)) }
      return stores
    }),
  ...aboutAccount("kms:DeleteCustomKeyStore"),
  decide
})

import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import * as Credential from "../custom-stores/Credential.ts"
import * as StoreRecord from "../custom-stores/StoreRecord.ts"
import { optional } from "../domain/Members.ts"
import { CustomKeyStoreInvalidStateException } from "../Errors.ts"
import {
  clusterMembers,
  needHealthy,
  needPublic,
  needStore,
  needUnique,
  noCluster,
  proxyMembers,
  put,
  putCount,
  storeId,
  storeName
} from "./internal/KeyStores.ts"
import { aboutAccount, operation, type RecordChange, type Request } from "./Operation.ts"

const input = Schema.Struct({
  CustomKeyStoreId: storeId,
  NewCustomKeyStoreName: optional(storeName),
  ...clusterMembers,
  ...proxyMembers
})

type Input = typeof input.Type

/** What can be changed while connected: all but where the proxy is. Source: AWS KMS API, UpdateCustomKeyStore. */
const needState = (asked: Input, { connection, id }: StoreRecord.StoreRecord) => {
  const moves = asked.XksProxyUriEndpoint !== undefined || asked.XksProxyConnectivity !== undefined
  return connection === "DISCONNECTED" || (connection === "CONNECTED" && !moves) ? Effect.void : Effect.fail(
    new CustomKeyStoreInvalidStateException({
      message:
        `The custom key store ${id} is ${connection}. Disconnect it with DisconnectCustomKeyStore before this change.`
    })
  )
}

const decide = Effect.fnUntraced(function*(request: Request<Input, StoreRecord.AllStores>) {
  const { input, records } = request
  const loaded = yield* needStore(
    { store: records.stores.find(({ content }) => content.id === input.CustomKeyStoreId) },
    input.CustomKeyStoreId
  )
  if (input.CloudHsmClusterId !== undefined || input.KeyStorePassword !== undefined) return yield* noCluster()
  yield* needPublic(input)
  const store = loaded.content
  yield* needState(input, store)
  const credential = input.XksProxyAuthenticationCredential
  const content: StoreRecord.StoreRecord = {
    ...store,
    name: input.NewCustomKeyStoreName ?? store.name,
    endpoint: input.XksProxyUriEndpoint ?? store.endpoint,
    path: input.XksProxyUriPath ?? store.path,
    ...(credential === undefined ? {} : {
      accessKeyId: credential.AccessKeyId,
      wrappedSecret: yield* Credential.wrap(store, store.id, credential.RawSecretAccessKey)
    })
  }
  yield* needUnique(records, content)
  if (credential !== undefined || input.XksProxyUriEndpoint !== undefined || input.XksProxyUriPath !== undefined) {
    yield* needHealthy(request, "UpdateCustomKeyStore", yield* Credential.connectionOf(content))
  }
  const changes: ReadonlyArray<RecordChange> = [
    put(loaded, content),
    putCount(request, records, records.stores.length)
  ]
  return { output: {}, changes }
})

/** Changes a custom key store's name, or how its external key store proxy is reached. */
export const UpdateCustomKeyStore = operation({
  name: "UpdateCustomKeyStore",
  readOnly: false,
  input,
  output: Schema.Struct({}),
  states: undefined,
  load: (_input, find, asked) => StoreRecord.loadAll(find.reader, asked),
  ...aboutAccount("kms:UpdateCustomKeyStore"),
  decide
})

import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import * as StoreRecord from "../custom-stores/StoreRecord.ts"
import { flag, limit, list, marker, oneOf, optional, text, timestamp } from "../domain/Members.ts"
import * as Page from "../domain/Page.ts"
import { ValidationException } from "../Errors.ts"
import { connectivity, notFound, storeId, storeName } from "./internal/KeyStores.ts"
import { aboutAccount, operation, reply, type Request } from "./Operation.ts"

const unbounded = text({})

const entry = Schema.Struct({
  CustomKeyStoreId: optional(unbounded),
  CustomKeyStoreName: optional(unbounded),
  ConnectionState: optional(oneOf(["CONNECTED", "CONNECTING", "FAILED", "DISCONNECTED", "DISCONNECTING"])),
  ConnectionErrorCode: optional(oneOf(StoreRecord.connectionErrorCodes)),
  CreationDate: optional(timestamp),
  CustomKeyStoreType: optional(oneOf(["AWS_CLOUDHSM", "EXTERNAL_KEY_STORE"])),
  XksProxyConfiguration: optional(Schema.Struct({
    Connectivity: optional(connectivity),
    AccessKeyId: optional(unbounded),
    UriEndpoint: optional(unbounded),
    UriPath: optional(unbounded)
  }))
})

const entryOf = (store: StoreRecord.StoreRecord): typeof entry.Type => ({
  CustomKeyStoreId: store.id,
  CustomKeyStoreName: store.name,
  ConnectionState: store.connection,
  ...(store.failure === undefined ? {} : { ConnectionErrorCode: store.failure }),
  CreationDate: new Date(store.created),
  CustomKeyStoreType: "EXTERNAL_KEY_STORE",
  XksProxyConfiguration: {
    Connectivity: "PUBLIC_ENDPOINT",
    // It names the secret access key, and tells nothing of it. AWS shows it here, too.
    AccessKeyId: store.accessKeyId,
    UriEndpoint: store.endpoint,
    UriPath: store.path
  }
})

const input = Schema.Struct({
  CustomKeyStoreId: optional(storeId),
  CustomKeyStoreName: optional(storeName),
  Limit: limit(1000),
  Marker: marker
})

type Input = typeof input.Type

const decide = Effect.fnUntraced(function*({ input, records, ...place }: Request<Input, StoreRecord.AllStores>) {
  const { CustomKeyStoreId: id, CustomKeyStoreName: name } = input
  if (id !== undefined && name !== undefined) {
    return yield* new ValidationException({ message: "Give CustomKeyStoreId or CustomKeyStoreName, not both." })
  }
  const stores = records.stores.map(({ content }) => content)
  const wanted = id ?? name
  if (wanted !== undefined) {
    const store = stores.find((one) => (id === undefined ? one.name : one.id) === wanted)
    if (store === undefined) return yield* notFound(wanted)
    return reply({ CustomKeyStores: [entryOf(store)], Truncated: false })
  }
  const listing = Page.listing("DescribeCustomKeyStores", place)
  const after = yield* Page.start(listing, input.Marker)
  const { items, next } = Page.of(stores, (store) => store.id, after, input.Limit ?? 100)
  return reply({ CustomKeyStores: items.map(entryOf), ...yield* Page.ending(listing, next) })
})

/** Tells what is known of custom key stores, whether they are connected, and if not why. */
export const DescribeCustomKeyStores = operation({
  name: "DescribeCustomKeyStores",
  readOnly: true,
  input,
  output: Schema.Struct({
    CustomKeyStores: optional(list(entry)),
    NextMarker: optional(unbounded),
    Truncated: optional(flag)
  }),
  states: undefined,
  load: (_input, find, asked) => StoreRecord.loadAll(find.reader, asked),
  ...aboutAccount("kms:DescribeCustomKeyStores"),
  decide
})

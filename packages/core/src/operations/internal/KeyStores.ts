/** What the operations on custom key stores share: their members, what they load, and their refusals. */
import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import { purposeOf } from "../../custom-stores/ExternalKeys.ts"
import * as Failures from "../../custom-stores/Failures.ts"
import { type Connection, KeyStoreProvider } from "../../custom-stores/KeyStoreProvider.ts"
import * as StoreRecord from "../../custom-stores/StoreRecord.ts"
import { oneOf, optional, patternedText, text } from "../../domain/Members.ts"
import {
  CustomKeyStoreNameInUseException,
  CustomKeyStoreNotFoundException,
  UnsupportedOperationException,
  XksProxyUriInUseException
} from "../../Errors.ts"
import type { Loaded } from "../../interpreter/Reader.ts"
import type { Asked, Find, RecordChange } from "../Operation.ts"

// --- Members ---

/** Names a custom key store. */
export const storeId = text({ min: 1, max: 64 })

/** The friendly name of a custom key store. */
export const storeName = text({ min: 1, max: 256 })

/** How a proxy is reached. */
export const connectivity = oneOf(["PUBLIC_ENDPOINT", "VPC_ENDPOINT_SERVICE"])

/**
 * AWS's pattern; and, beyond AWS, a proxy on this machine, without TLS and at any port. Nobody else can listen there, and it is
 * how a proxy is tried out.
 */
const endpointPattern = /^https:\/\/[a-zA-Z0-9.-]+$|^https?:\/\/(localhost|127\.0\.0\.1|\[::1\])(:\d{1,5})?$/

/** What tells of the proxy of an external key store. */
export const proxyMembers = {
  XksProxyUriEndpoint: optional(patternedText({ min: 10, max: 128 }, endpointPattern)),
  XksProxyUriPath: optional(
    patternedText({ min: 10, max: 128 }, /^(\/[a-zA-Z0-9/_-]+\/kms\/xks\/v\d{1,2})$|^(\/kms\/xks\/v\d{1,2})$/)
  ),
  XksProxyVpcEndpointServiceName: optional(
    patternedText({ min: 20, max: 64 }, /^(com|eu)\.amazonaws\.vpce\.([a-z]+-){2,3}\d+\.vpce-svc-[0-9a-z]+$/)
  ),
  XksProxyVpcEndpointServiceOwner: optional(patternedText({ min: 12, max: 12 }, /^[0-9]{12}$/)),
  XksProxyAuthenticationCredential: optional(Schema.Struct({
    AccessKeyId: patternedText({ min: 20, max: 30 }, /^[A-Z2-7]+$/),
    RawSecretAccessKey: patternedText({ min: 43, max: 64 }, /^[a-zA-Z0-9/+=]+$/)
  })),
  XksProxyConnectivity: optional(connectivity)
}

/** What tells of the cluster of a CloudHSM key store. */
export const clusterMembers = {
  CloudHsmClusterId: optional(patternedText({ min: 19, max: 24 }, /^cluster-[2-7a-zA-Z]{11,16}$/)),
  KeyStorePassword: optional(text({ min: 7, max: 32 }))
}

// --- Loading ---

/** The custom key store that a request names, if it is there. */
export interface OneStore {
  readonly store: Loaded<StoreRecord.StoreRecord> | undefined
}

/** Loads the custom key store that the request names. */
export const loadStore = ({ CustomKeyStoreId }: { readonly CustomKeyStoreId: string }, find: Find, asked: Asked) =>
  Effect.map(StoreRecord.load(find.reader, asked, CustomKeyStoreId), (store): OneStore => ({ store }))

/** The error of a custom key store that is not there. Only who may ask about custom key stores learns it. */
export const notFound = (nameOrId: string) =>
  new CustomKeyStoreNotFoundException({ message: `The custom key store '${nameOrId}' does not exist.` })

/** The custom key store, or CustomKeyStoreNotFoundException. */
export const needStore = ({ store }: OneStore, id: string) =>
  store === undefined ? Effect.fail(notFound(id)) : Effect.succeed(store)

// --- Deciding ---

/** Puts the custom key store as it is to be. */
export const put = (
  { id, version }: Loaded<StoreRecord.StoreRecord>,
  content: StoreRecord.StoreRecord
): RecordChange => ({ _tag: "PutOther", id, version, content })

/** Counts the custom key stores of the place anew: of two that change them at once, one comes first. */
export const putCount = (asked: Asked, { count }: StoreRecord.AllStores, content: number): RecordChange => ({
  _tag: "PutOther",
  id: StoreRecord.countId(asked),
  version: count?.version ?? null,
  content
})

const needFreeName = ({ stores }: StoreRecord.AllStores, id: string, name: string) =>
  stores.some(({ content }) => content.id !== id && content.name === name)
    ? Effect.fail(
      new CustomKeyStoreNameInUseException({
        message: `Another custom key store is named '${name}'. Choose another name.`
      })
    )
    : Effect.void

const needFreeUri = (
  { stores }: StoreRecord.AllStores,
  id: string,
  { endpoint, path }: Pick<StoreRecord.StoreRecord, "endpoint" | "path">
) => {
  const host = endpoint.toLowerCase()
  const taken = stores.find(({ content }) =>
    content.id !== id && content.endpoint.toLowerCase() === host && content.path === path
  )
  return taken === undefined ? Effect.void : Effect.fail(
    new XksProxyUriInUseException({
      message: `The custom key store ${taken.content.id} uses the external key store proxy at ${endpoint}${path}.`
    })
  )
}

/** Refuses a name, and an address of a proxy, that another custom key store of the place has. */
export const needUnique = (
  all: StoreRecord.AllStores,
  store: Pick<StoreRecord.StoreRecord, "id" | "name" | "endpoint" | "path">
) => Effect.andThen(needFreeName(all, store.id, store.name), needFreeUri(all, store.id, store))

/** Refuses what only AWS's own network can give. */
export const needPublic = (input: {
  readonly XksProxyConnectivity?: string | undefined
  readonly XksProxyVpcEndpointServiceName?: string | undefined
  readonly XksProxyVpcEndpointServiceOwner?: string | undefined
}) =>
  input.XksProxyConnectivity === "VPC_ENDPOINT_SERVICE"
    || input.XksProxyVpcEndpointServiceName !== undefined
    || input.XksProxyVpcEndpointServiceOwner !== undefined
    ? Effect.fail(
      new UnsupportedOperationException({
        message: "VPC endpoint services are not supported: they are part of AWS's network. Use XksProxyConnectivity "
          + "PUBLIC_ENDPOINT; the endpoint may be any that this Keystead reaches."
      })
    )
    : Effect.void

/** Refuses what needs a CloudHSM cluster. */
export const noCluster = () =>
  new UnsupportedOperationException({
    message: "CloudHSM key stores are not supported: they need a CloudHSM cluster. Use CustomKeyStoreType "
      + "EXTERNAL_KEY_STORE, with the external key store proxy of your key manager."
  })

/** Sees that the proxy answers, knows the credential, and has a key manager behind it. */
export const needHealthy = Effect.fnUntraced(function*(asked: Asked, operation: string, connection: Connection) {
  yield* Effect.mapError(
    (yield* KeyStoreProvider).health(connection, purposeOf(asked, operation)),
    Failures.ofStore
  )
})

import * as Effect from "effect/Effect"
import * as Hex from "effect/encoding/Hex"
import * as Redacted from "effect/Redacted"
import * as Schema from "effect/Schema"
import { Crypto } from "../crypto/Crypto.ts"
import * as Credential from "../custom-stores/Credential.ts"
import * as StoreRecord from "../custom-stores/StoreRecord.ts"
import { oneOf, optional, text } from "../domain/Members.ts"
import { LimitExceededException, ValidationException } from "../Errors.ts"
import {
  clusterMembers,
  needHealthy,
  needPublic,
  needUnique,
  noCluster,
  proxyMembers,
  putCount,
  storeId,
  storeName
} from "./internal/KeyStores.ts"
import { aboutAccount, operation, type RecordChange, type Request } from "./Operation.ts"

const input = Schema.Struct({
  CustomKeyStoreName: storeName,
  ...clusterMembers,
  TrustAnchorCertificate: optional(text({ min: 1, max: 5000 })),
  CustomKeyStoreType: optional(oneOf(["AWS_CLOUDHSM", "EXTERNAL_KEY_STORE"])),
  ...proxyMembers
})

type Input = typeof input.Type

/** What an external key store needs; its type is AWS_CLOUDHSM unless the request says otherwise. */
const needProxy = Effect.fnUntraced(function*(asked: Input) {
  if (asked.CustomKeyStoreType !== "EXTERNAL_KEY_STORE") return yield* noCluster()
  const {
    XksProxyAuthenticationCredential: credential,
    XksProxyUriEndpoint: endpoint,
    XksProxyUriPath: path
  } = asked
  const cluster = asked.CloudHsmClusterId ?? asked.KeyStorePassword ?? asked.TrustAnchorCertificate
  if (
    credential === undefined || endpoint === undefined || path === undefined
    || asked.XksProxyConnectivity === undefined || cluster !== undefined
  ) {
    return yield* new ValidationException({
      message: "An external key store needs XksProxyUriEndpoint, XksProxyUriPath, XksProxyConnectivity and "
        + "XksProxyAuthenticationCredential, and has neither CloudHsmClusterId, KeyStorePassword nor "
        + "TrustAnchorCertificate."
    })
  }
  yield* needPublic(asked)
  return { accessKeyId: credential.AccessKeyId, secret: credential.RawSecretAccessKey, endpoint, path }
})

const needRoom = ({ limits, region }: Request<Input, StoreRecord.AllStores>, stores: number) =>
  stores < limits.customKeyStores ? Effect.void : Effect.fail(
    new LimitExceededException({
      message: `The account has ${stores} custom key stores in ${region}, which is its quota.`
    })
  )

/** 17 random hexadecimal digits. */
const newStoreId = Effect.gen(function*() {
  return `cks-${Hex.encode(yield* (yield* Crypto).randomBytes(9)).slice(0, 17)}`
})

const decide = Effect.fnUntraced(function*(request: Request<Input, StoreRecord.AllStores>) {
  const { account, input, now, records, region } = request
  const { secret, ...proxy } = yield* needProxy(input)
  const id = yield* newStoreId
  yield* needUnique(records, { id, name: input.CustomKeyStoreName, ...proxy })
  const stores = records.stores.length
  yield* needRoom(request, stores)
  yield* needHealthy(request, "CreateCustomKeyStore", { ...proxy, region, secretAccessKey: Redacted.make(secret) })
  const content: StoreRecord.StoreRecord = {
    account,
    region,
    id,
    name: input.CustomKeyStoreName,
    created: now,
    connection: "DISCONNECTED",
    ...proxy,
    wrappedSecret: yield* Credential.wrap(request, id, secret)
  }
  const changes: ReadonlyArray<RecordChange> = [
    { _tag: "PutOther", id: StoreRecord.recordId(request, id), version: null, content },
    putCount(request, records, stores + 1)
  ]
  return { output: { CustomKeyStoreId: id }, changes }
})

/** Creates a custom key store over an external key manager, whose proxy must answer. Connect it with ConnectCustomKeyStore. */
export const CreateCustomKeyStore = operation({
  name: "CreateCustomKeyStore",
  readOnly: false,
  input,
  output: Schema.Struct({ CustomKeyStoreId: optional(storeId) }),
  states: undefined,
  load: (_input, find, asked) => StoreRecord.loadAll(find.reader, asked),
  ...aboutAccount("kms:CreateCustomKeyStore"),
  decide
})

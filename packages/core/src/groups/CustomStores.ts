/** Custom key stores: KMS keys whose outer half is in an external key manager. */
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import { externalKeys } from "../custom-stores/ExternalKeys.ts"
import { KeyStoreProvider } from "../custom-stores/KeyStoreProvider.ts"
import { ConnectCustomKeyStore } from "../operations/ConnectCustomKeyStore.ts"
import { CreateCustomKeyStore } from "../operations/CreateCustomKeyStore.ts"
import { DeleteCustomKeyStore } from "../operations/DeleteCustomKeyStore.ts"
import { DescribeCustomKeyStores } from "../operations/DescribeCustomKeyStores.ts"
import { DisconnectCustomKeyStore } from "../operations/DisconnectCustomKeyStore.ts"
import { UpdateCustomKeyStore } from "../operations/UpdateCustomKeyStore.ts"
import type { Group } from "./Group.ts"

/** Custom key stores, and the keys in them. External key managers are reached by the KeyStoreProvider that the host gives. */
export const customStores = {
  name: "custom-stores",
  operations: {
    ConnectCustomKeyStore,
    CreateCustomKeyStore,
    DeleteCustomKeyStore,
    DescribeCustomKeyStores,
    DisconnectCustomKeyStore,
    UpdateCustomKeyStore
  },
  keySpecs: [],
  kinds: [],
  services: Effect.map(KeyStoreProvider, (provider) => Context.make(KeyStoreProvider, provider)),
  keyStores: externalKeys
} as const satisfies Group

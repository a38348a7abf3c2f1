/** Keys in this browser, in IndexedDB. */
import { methodName } from "@keystead/core/Client"
import { groups, type OperationName } from "@keystead/core/operations/Registry"
import { openKms } from "@keystead/runtime-browser/OpenKms"
import { webKinds } from "@keystead/webcrypto/kinds/WebKinds"
import { deleteDB } from "idb"
import type { Backend, Call, Store } from "../backend/Backend.ts"
import { Refusal } from "../backend/Refusal.ts"
import * as AuditStore from "./AuditStore.ts"

const database = "keystead"

/** Whose the keys are: AWS's example account, in its first Region. */
const place = { account: "111122223333", region: "us-east-1" }

/** The store, and where its root key comes from: kept in this browser, or a passphrase. */
const storeOf = async (text: string | undefined) => ({
  database,
  ...(text === undefined ? {} : { rootKey: await rootKeyOf(text) })
})

const rootKeyOf = async (text: string) => (await import("@keystead/runtime-browser/Passphrase")).passphrase(text)

const backupFile = () => import("@keystead/runtime-browser/Backup")

function callOf(kms: object): Call
function callOf(kms: object): (name: OperationName, input: object) => Promise<unknown> {
  return async (name, input) => {
    const method: unknown = Reflect.get(kms, methodName(name))
    if (typeof method !== "function") throw new Refusal({ name: "Unknown", message: `There is no ${name} here.` })
    const output: unknown = await Reflect.apply(method, kms, [input])
    return output
  }
}

const openStore = async (text: string | undefined, audit: AuditStore.AuditStore) =>
  await openKms({ ...await storeOf(text), ...place, groups, kinds: webKinds, audit: audit.add })

/** What can be done with all of the store. Its root key may change meanwhile. */
const toolsOf = (
  kms: Awaited<ReturnType<typeof openStore>>,
  opened: string | undefined,
  close: () => Promise<void>
): Store => {
  let text = opened
  return {
    backUp: async (sealedWith) => {
      const bytes = new Uint8Array(await (await backupFile()).backup(await storeOf(text), sealedWith))
      return new File([bytes], "keystead-backup.keystead", { type: "application/octet-stream" })
    },
    restore: async (file, sealedWith) =>
      await (await backupFile()).restore(await storeOf(text), new Uint8Array(await file.arrayBuffer()), sealedWith),
    protect: async (next) => {
      await kms.rewrap(next === undefined ? undefined : await rootKeyOf(next))
      text = next
    },
    erase: async () => {
      await close()
      for (const name of [database, `${database}.rootkey`]) await deleteDB(name)
      await AuditStore.erase()
    }
  }
}

/** Opens the keys of this browser. */
export const open = async (text: string | undefined): Promise<Backend> => {
  const audit = await AuditStore.open()
  try {
    const kms = await openStore(text, audit)
    const close = async () => {
      await kms.close()
      await audit.close()
    }
    return {
      about: { kind: "local", place: "This browser", ...place },
      call: callOf(kms),
      trail: audit,
      store: toolsOf(kms, text, close),
      close
    }
  } catch (error) {
    await audit.close()
    throw error
  }
}

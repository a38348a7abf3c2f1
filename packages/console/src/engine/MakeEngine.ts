/**
 * The engine: one backend is open at a time. What not every page needs is loaded when it is needed, so that the keys show
 * early; offline, all of it is there.
 */
import type { Backend, Call, Choice } from "../backend/Backend.ts"
import { Refusal } from "../backend/Refusal.ts"
import type { Engine } from "./Engine.ts"

const open = async (choice: Choice): Promise<Backend> =>
  choice.kind === "local"
    ? (await import("./Local.ts")).open(choice.passphrase)
    : (await import("./Remote.ts")).open(choice.endpoint)

/** An engine with nothing open. */
export const make = (): Engine => {
  let backend: Backend | undefined
  const opened = (): Backend => {
    if (backend === undefined) throw new Refusal({ name: "Closed", message: "No keys are open." })
    return backend
  }
  const close = async (): Promise<void> => {
    const closing = backend
    backend = undefined
    await closing?.close()
  }
  const call: Call = async (name, input) => opened().call(name, input)
  const trail = () => {
    const found = opened().trail
    if (found === undefined) throw new Refusal({ name: "NoTrail", message: "This keeps no audit trail here." })
    return found
  }
  const store = () => {
    const found = opened().store
    if (found === undefined) throw new Refusal({ name: "NoStore", message: "The keys are not in this browser." })
    return found
  }
  return {
    backUp: async (passphrase) => store().backUp(passphrase),
    restore: async (file, passphrase) => store().restore(file, passphrase),
    protect: async (passphrase) => store().protect(passphrase),
    erase: async () => {
      await store().erase()
      backend = undefined
    },
    open: async (choice) => {
      await close()
      backend = await open(choice)
      return backend.about
    },
    close,
    call,
    lifecycle: async () => (await import("./LifecycleRows.ts")).rows(),
    writePolicy: async (people) => (await import("./Policies.ts")).writePolicy(people),
    readPolicy: async (policy, actions) => (await import("./Policies.ts")).readPolicy(policy, actions),
    auditLast: async (count) => trail().last(count),
    auditAll: async () => trail().all(),
    auditCheck: async (text) => (await import("./CheckChain.ts")).checkChain(text),
    transfer: async (job, port) => (await import("./Files.ts")).transfer(opened(), job, port)
  }
}

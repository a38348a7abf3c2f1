/** The engine: one backend is open at a time. */
import { operations } from "@keystead/core/operations/Registry"
import type { Backend, Call, Choice } from "../backend/Backend.ts"
import { Refusal } from "../backend/Refusal.ts"
import { checkChain } from "./CheckChain.ts"
import type { Engine, LifecycleRow } from "./Engine.ts"
import { transfer } from "./Files.ts"
import * as Local from "./Local.ts"
import { readPolicy, writePolicy } from "./Policies.ts"
import * as Remote from "./Remote.ts"

const open = (choice: Choice): Promise<Backend> =>
  choice.kind === "local" ? Local.open(choice.passphrase) : Remote.open(choice.endpoint)

function rows(): ReadonlyArray<LifecycleRow>
function rows(): ReadonlyArray<{ readonly operation: string; readonly outcomes: object }> {
  return operations.flatMap(({ name, states }) => states === undefined ? [] : [{ operation: name, outcomes: states }])
}

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
  return {
    open: async (choice) => {
      await close()
      backend = await open(choice)
      return backend.about
    },
    close,
    call,
    lifecycle: async () => rows(),
    writePolicy: async (people) => writePolicy(people),
    readPolicy: async (policy, actions) => readPolicy(policy, actions),
    auditLast: async (count) => trail().last(count),
    auditAll: async () => trail().all(),
    auditCheck: checkChain,
    transfer: (job, port) => transfer(opened(), job, port)
  }
}

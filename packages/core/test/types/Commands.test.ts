/** The registry beside the commands of `@aws-sdk/client-kms`: nothing is forgotten, and nothing is invented. */
import * as Aws from "@aws-sdk/client-kms"
import { assert, describe, it } from "@effect/vitest"
import { operations, registry } from "@keystead/core/operations/Registry"

const commands = Object.keys(Aws).filter((name) => name.endsWith("Command") && name !== "$Command")
  .map((name) => name.slice(0, -"Command".length))

/** AWS's operations that are not there yet. Whoever brings one takes it off this list; then the list goes. */
const awaited: ReadonlyArray<string> = ["GetKeyLastUsage"]

describe("the registry", () => {
  it("has every operation of AWS's model, and no others, but for those that are awaited", () => {
    assert.lengthOf(commands, 56)
    assert.sameMembers([...Object.keys(registry), ...awaited], commands)
  })

  it("names each operation as the operation names itself, in the order of names", () => {
    assert.deepStrictEqual(Object.entries(registry).map(([name, operation]) => [name, operation.name] as const), [
      ...Object.keys(registry).map((name) => [name, name] as const)
    ])
    assert.deepStrictEqual(operations.map(({ name }) => name), Object.keys(registry).toSorted())
  })
})

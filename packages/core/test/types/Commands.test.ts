/** The registry beside the commands of `@aws-sdk/client-kms`: nothing is forgotten, and nothing is invented. */
import * as Aws from "@aws-sdk/client-kms"
import { assert, describe, it } from "@effect/vitest"
import { operations, registry } from "@keystead/core/operations/Registry"

const commands = Object.keys(Aws).filter((name) => name.endsWith("Command") && name !== "$Command")
  .map((name) => name.slice(0, -"Command".length))

describe("the registry", () => {
  it("has every operation of AWS's model, and no others", () => {
    assert.lengthOf(commands, 56)
    assert.sameMembers(Object.keys(registry), commands)
  })

  it("names each operation as the operation names itself, in the order of names", () => {
    for (const [name, operation] of Object.entries(registry)) assert.strictEqual(operation.name, name)
    assert.deepStrictEqual(operations.map(({ name }) => name), Object.keys(registry).toSorted())
  })
})

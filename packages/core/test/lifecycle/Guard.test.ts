import { assert, describe, it } from "@effect/vitest"
import { next } from "@keystead/core/lifecycle/Guard"
import { keyStates } from "@keystead/core/lifecycle/KeyState"
import { row } from "@keystead/core/lifecycle/Row"
import { operations } from "@keystead/core/operations/Registry"
import * as Result from "effect/Result"
import { after, guarded, refusalOf } from "../support/StateTable.ts"

const arn = "arn:aws:kms:eu-west-1:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab"

const asText = (outcome: ReturnType<typeof next>) =>
  Result.isSuccess(outcome) ? outcome.success : `${outcome.failure._tag}: ${outcome.failure.message}`

describe("the lifecycle table", () => {
  it("has a row for each operation about a key that is there already, and for no other", () => {
    const rows = operations.flatMap(({ name, states }) => states === undefined ? [] : [name])
    assert.deepStrictEqual(rows, guarded.toSorted())
  })

  for (const { name, states } of operations) {
    if (states === undefined) continue
    it(`says of ${name} what AWS documents, in every state`, () => {
      for (const state of keyStates) {
        const expected = refusalOf(name as never, state, arn) ?? after(name as never, state)
        assert.strictEqual(asText(next(states, state, arn)), expected, state)
      }
    })
  }

  it("can move a key to every state", () => {
    for (const state of keyStates) {
      const outcome = `becomes ${state}` as const
      const moving = row({
        Enabled: outcome,
        Disabled: outcome,
        PendingDeletion: outcome,
        PendingImport: outcome,
        Unavailable: outcome,
        Creating: outcome,
        Updating: outcome
      })
      for (const from of keyStates) assert.strictEqual(asText(next(moving, from, arn)), state)
    }
  })

  it("has words for every state, should an operation be refused in it", () => {
    const refusing = (refusal: "DisabledException" | "UnsupportedOperationException") =>
      row({
        Enabled: refusal,
        Disabled: refusal,
        PendingDeletion: refusal,
        PendingImport: refusal,
        Unavailable: refusal,
        Creating: refusal,
        Updating: refusal
      })
    for (const refusal of ["DisabledException", "UnsupportedOperationException"] as const) {
      const words = keyStates.map((state) => asText(next(refusing(refusal), state, "K")))
      assert.deepStrictEqual(words, [
        `${refusal}: K is enabled.`,
        `${refusal}: K is disabled.`,
        `${refusal}: K is pending deletion.`,
        `${refusal}: K is pending replica deletion.`,
        `${refusal}: K is pending import.`,
        `${refusal}: K is unavailable.`,
        `${refusal}: K is creating.`,
        `${refusal}: K is updating.`
      ])
    }
  })

  it("treats PendingReplicaDeletion as PendingDeletion", () => {
    for (const { states } of operations) {
      if (states !== undefined) assert.strictEqual(states.PendingReplicaDeletion, states.PendingDeletion)
    }
  })
})

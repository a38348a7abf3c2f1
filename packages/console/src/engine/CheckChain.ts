/** Checks that nothing is missing in an audit trail, and that nothing was altered. */
import { type Checked, verify } from "@keystead/core/audit/Chain"
import * as WebCrypto from "@keystead/webcrypto/WebCrypto"
import * as Effect from "effect/Effect"

/** What a check found. */
export type ChainReport = Checked

/** Checks the lines of a trail's text. */
export const checkChain = (text: string): Promise<ChainReport> =>
  Effect.runPromise(
    Effect.provide(verify(text.split("\n").filter((line) => line !== "")), WebCrypto.layer)
  )

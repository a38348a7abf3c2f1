import * as Data from "effect/Data"

const howTo =
  "It is JSON: { \"accessKeys\": [{ \"accessKeyId\", \"secretAccessKey\", \"principal\" }] }. Set it with: npx wrangler "
  + "secret put KEYSTEAD_CREDENTIALS"

/** The access keys of an endpoint cannot be had. `message` says why, and what to do; it quotes no secret. */
export class CredentialsError extends Data.TaggedError("CredentialsError")<{
  readonly reason: "Missing" | "Unreadable"
  readonly message: string
}> {
  static missing(): CredentialsError {
    return new CredentialsError({
      reason: "Missing",
      message: `The Worker has no secret KEYSTEAD_CREDENTIALS. ${howTo}`
    })
  }
  static malformed(why: string): CredentialsError {
    return new CredentialsError({
      reason: "Unreadable",
      message: `The secret KEYSTEAD_CREDENTIALS cannot be used: ${why}. ${howTo}`
    })
  }
}

/** What the command itself refuses. */
import * as Data from "effect/Data"

/** The options do not go together, or an option's value cannot be used. */
export class UsageError extends Data.TaggedError("UsageError")<{ readonly message: string }> {}

/** An audit file is not as it was written. */
export class BrokenTrail extends Data.TaggedError("BrokenTrail")<{ readonly message: string }> {}

/** There is no store yet, and the command makes none. */
export class NoStore extends Data.TaggedError("NoStore")<{ readonly directory: string }> {
  override get message(): string {
    return `There is no store at ${this.directory}. \`keystead key create\` makes one with its first key; `
      + "--store or KEYSTEAD_STORE names another."
  }
}

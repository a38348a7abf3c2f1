/** What an analysis of a policy says, in words. */
import type { Access, Part } from "@keystead/core/authorization/Analysis"

/** A statement by its Sid, else by its place. */
export const statementText = ({ index, sid }: Part["statement"]): string =>
  sid === undefined || sid === "" ? `statement ${index + 1}` : `“${sid}”`

/** Whom it is about. */
export const whoText = (who: Access["who"]): string => {
  switch (who._tag) {
    case "Principal":
      return who.arn
    case "Root":
      return `The root of ${who.account}`
    case "OthersOf":
      return `Everyone else of ${who.account}`
    default:
      return "Everyone else"
  }
}

const partText = ({ conditions, needsIdentityPolicy, statement }: Part): string =>
  [
    statementText(statement),
    ...conditions.map(({ key, operator, wanted }) => `if ${key} ${operator} ${wanted.join(" or ")}`),
    ...(needsIdentityPolicy ? ["if their identity policies allow it too"] : [])
  ].join(", ")

/** Why the answer is what it is. */
export const whyText = ({ allowedBy, deniedBy }: Access): string => {
  if (allowedBy.length === 0) return "No statement allows it."
  const allowed = `Allowed by ${allowedBy.map(partText).join("; ")}.`
  return deniedBy.length === 0 ? allowed : `${allowed} Denied by ${deniedBy.map(partText).join("; ")}.`
}

/** The answer in a sign, which never stands alone. */
export const signs = { Always: "✓", Sometimes: "~", Never: "–" } as const

/** The answer in words. */
export const answers = { Always: "can", Sometimes: "can under conditions", Never: "cannot" } as const

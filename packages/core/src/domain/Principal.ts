/**
 * IAM principals, by their ARNs: who calls, and whom a policy names.
 *
 * Source of the forms: IAM User Guide, "IAM identifiers" and "AWS JSON policy elements: Principal".
 */

/** What kind of identity a principal is, in the words of the condition key `aws:PrincipalType`. */
export type PrincipalType = "Account" | "User" | "AssumedRole" | "FederatedUser"

/** A principal, read from its ARN. */
export interface Principal {
  /** The ARN as it was given. */
  readonly arn: string
  /** `Account` is the account's root; a role and a session of a role are both `AssumedRole`. */
  readonly type: PrincipalType
  /** Twelve digits. */
  readonly account: string
  /** The name of the user, the role, or the federated user, without a path; `root` for the account. */
  readonly name: string
  /** For a session, the ARN of its role, without a path, as sessions do not tell it. For all others, `arn`. */
  readonly identity: string
  /** Whether it is a session of a role. */
  readonly isSession: boolean
}

const principalArn =
  /^arn:aws(?:-[a-z]+)*:(iam|sts)::(\d{12}):(?:root|(user|role|assumed-role|federated-user)\/([!-~]{1,577}))$/

const nameOnly = /^[\w+=,.@-]{1,64}$/
const pathAndName = /^(?:[!-)+->@-~]{0,511}\/)?[\w+=,.@-]{1,64}$/
const roleAndSession = /^[\w+=,.@-]{1,64}\/[\w+=,.@-]{1,64}$/

/** The ARN of a role without its path: role names are unique in their account, whatever their paths. */
const pathlessRole = (arn: string, account: string, name: string): string =>
  `${arn.slice(0, arn.indexOf(":", 4))}:iam::${account}:role/${name}`

/**
 * Reads the ARN of a principal: `arn:aws:iam::111122223333:root`, `…:user/PATH/NAME`, `…:role/PATH/NAME`,
 * `arn:aws:sts::111122223333:assumed-role/ROLE/SESSION` or `…:federated-user/NAME`, in any partition. Names have 1 to 64
 * characters. Nothing, if it is none.
 */
export const parse = (arn: string): Principal | undefined => {
  if (arn !== lastArn) [lastArn, lastPrincipal] = [arn, read(arn)]
  return lastPrincipal
}

/** Each call asks several times who its caller is, and calls of one caller follow each other. */
let lastArn: string | undefined
let lastPrincipal: Principal | undefined

const read = (arn: string): Principal | undefined => {
  const match = principalArn.exec(arn)
  if (match === null) return undefined
  const [, service = "", account = "", kind = "root", rest = ""] = match
  switch (`${service}:${kind}`) {
    case "iam:root":
      return { arn, type: "Account", account, name: "root", identity: arn, isSession: false }
    case "iam:user":
    case "iam:role": {
      if (!pathAndName.test(rest)) return undefined
      const name = rest.slice(rest.lastIndexOf("/") + 1)
      return { arn, type: kind === "user" ? "User" : "AssumedRole", account, name, identity: arn, isSession: false }
    }
    case "sts:assumed-role": {
      if (!roleAndSession.test(rest)) return undefined
      const name = rest.slice(0, rest.indexOf("/"))
      const identity = pathlessRole(arn, account, name)
      return { arn, type: "AssumedRole", account, name, identity, isSession: true }
    }
    case "sts:federated-user":
      if (!nameOnly.test(rest)) return undefined
      return { arn, type: "FederatedUser", account, name: rest, identity: arn, isSession: false }
    default:
      return undefined
  }
}

/** The ARN by which sessions know their role: the role's own, without its path. Nothing for other principals. */
export const sessionsKnowAs = ({ account, arn, isSession, name, type }: Principal): string | undefined =>
  type === "AssumedRole" && !isSession ? pathlessRole(arn, account, name) : undefined

/** The account of a principal's ARN, twelve digits; nothing if it is no such ARN. */
export const accountOf = (arn: string): string | undefined => parse(arn)?.account

/** The ARN of the root of a principal's account. */
export const rootOf = ({ account, arn }: Principal): string =>
  `${arn.slice(0, arn.indexOf(":", 4))}:iam::${account}:root`

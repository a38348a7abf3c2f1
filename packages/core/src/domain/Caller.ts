import type { PolicyDocument } from "../authorization/Policy.ts"

/** Who asks. */
export interface Caller {
  /**
   * The ARN of the principal: an account's root, a user, a role, a session of a role, or a federated user.
   * `domain/Principal.ts` reads it, and gives its account; a caller with an ARN that it cannot read is allowed nothing.
   */
  readonly principal: string
  /** The principal's tags, session tags included: `aws:PrincipalTag/KEY`. Keys differ by more than case. */
  readonly tags?: Readonly<Record<string, string>>
  /** The policies of the user, role or session, already parsed. They count in the caller's own account and beyond. */
  readonly identityPolicies?: ReadonlyArray<PolicyDocument<"IdentityPolicy">>
  /** The AWS service that calls on the principal's behalf, such as `s3.eu-west-1.amazonaws.com`: `kms:ViaService`. */
  readonly viaService?: string
  /**
   * The resource on whose behalf a service calls, such as a table: `aws:SourceArn`. With it, and `viaService`, it is the
   * service itself that calls, so that grants to the service principal are its grants.
   */
  readonly sourceArn?: string
}

/** Key policies and grants, and what one learns who may nothing. */
import { bytes, type Check, ensure, ensureSame, given, refused } from "../Check.ts"
import type { Target } from "../Target.ts"
import { arnOf, newKey } from "./Making.ts"

const user = ({ account }: Target, name = "ada"): string => `arn:aws:iam::${account}:user/${name}`

const policies: Check = {
  name: "a key policy lets in whom it names, and a denial wins",
  run: async (target) => {
    const { as, client } = target
    if (as === undefined) return
    const KeyId = await newKey(client)
    const ada = as(user(target))
    const input = { KeyId, Plaintext: bytes("x") }
    const { message } = await refused(ada.encrypt(input), "AccessDeniedException", "Encrypt by another user")
    const arn = arnOf(target, KeyId)
    ensureSame(message, `User: ${user(target)} is not authorized to perform: kms:Encrypt on resource: ${arn}`, "It")
    const all = {
      Effect: "Allow",
      Principal: { AWS: `arn:aws:iam::${target.account}:root` },
      Action: "kms:*",
      Resource: "*"
    }
    const allow = { Effect: "Allow", Principal: { AWS: user(target) }, Action: "kms:Encrypt", Resource: "*" }
    const put = (Statement: ReadonlyArray<object>) =>
      client.putKeyPolicy({ KeyId, Policy: JSON.stringify({ Version: "2012-10-17", Statement }) })
    await put([all, allow])
    const { CiphertextBlob } = await ada.encrypt(input)
    await refused(ada.decrypt({ CiphertextBlob, KeyId }), "AccessDeniedException", "Decrypt by it")
    await put([all, allow, { ...allow, Effect: "Deny" }])
    await refused(ada.encrypt(input), "AccessDeniedException", "Encrypt by a denied user")
    ensure(given((await client.getKeyPolicy({ KeyId })).Policy, "Policy").includes("Deny"), "The policy is another")
    await refused(
      client.putKeyPolicy({ KeyId, Policy: "{" }),
      "MalformedPolicyDocumentException",
      "A policy of no JSON"
    )
  }
}

const grants: Check = {
  name: "a grant lets its grantee do what it lists, in its context, until it is revoked",
  run: async (target) => {
    const { as, client } = target
    if (as === undefined) return
    const KeyId = await newKey(client)
    const ada = as(user(target))
    const { GrantId, GrantToken } = await client.createGrant({
      KeyId,
      GranteePrincipal: user(target),
      Operations: ["Encrypt", "RetireGrant"],
      Constraints: { EncryptionContextSubset: { a: "1" } }
    })
    const GrantTokens = [given(GrantToken, "GrantToken")]
    const input = { KeyId, Plaintext: bytes("x"), EncryptionContext: { a: "1", b: "2" }, GrantTokens }
    const { CiphertextBlob } = await ada.encrypt(input)
    await refused(ada.encrypt({ ...input, EncryptionContext: {} }), "AccessDeniedException", "Another context")
    const decrypt = { KeyId, CiphertextBlob, EncryptionContext: input.EncryptionContext, GrantTokens }
    await refused(ada.decrypt(decrypt), "AccessDeniedException", "An operation that the grant does not list")
    ensureSame((await client.listGrants({ KeyId })).Grants?.map((grant) => grant.GrantId), [GrantId], "The grants")
    await client.revokeGrant({ KeyId, GrantId: given(GrantId, "GrantId") })
    await refused(ada.encrypt({ ...input, GrantTokens: [] }), "AccessDeniedException", "A revoked grant")
    const more = { KeyId, GranteePrincipal: user(target), Operations: ["Encrypt" as const, "RetireGrant" as const] }
    const second = await client.createGrant(more)
    await ada.retireGrant({ GrantToken: given(second.GrantToken, "GrantToken") })
    ensureSame((await client.listGrants({ KeyId })).Grants, [], "The grants after they are retired")
  }
}

const hiding: Check = {
  name: "who may not decrypt does not learn whether the key is there",
  run: async (target) => {
    const { as, client } = target
    if (as === undefined) return
    const KeyId = await newKey(client)
    const { CiphertextBlob } = await client.encrypt({ KeyId, Plaintext: bytes("x") })
    const eve = as("arn:aws:iam::999988887777:user/eve")
    const { message } = await refused(eve.decrypt({ CiphertextBlob }), "AccessDeniedException", "Decrypt by a stranger")
    ensureSame(
      message,
      "The ciphertext refers to a customer master key that does not exist, does not exist in this region, " +
        "or you are not allowed to access.",
      "The message"
    )
  }
}

/** The checks. */
export const permissionChecks: ReadonlyArray<Check> = [policies, grants, hiding]

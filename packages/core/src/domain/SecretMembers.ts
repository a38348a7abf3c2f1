/** Members of requests that are secrets. They are never quoted, in no error and no audit event. */
const secrets = /^(?:KeyStorePassword|XksProxyAuthenticationCredential)$/

/** Whether the member of this name is a secret, or holds one. */
export const isSecret = (member: PropertyKey): boolean => secrets.test(String(member))

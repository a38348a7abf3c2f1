/**
 * What a failure of an external key manager becomes, by what was asked of Keystead. Source: AWS KMS external key store
 * proxy API, "Error codes", the table of exceptions by operation; AWS KMS API, CustomKeyStoresListEntry.
 */
import {
  CustomKeyStoreInvalidStateException,
  KMSInvalidStateException,
  UnsupportedOperationException,
  XksKeyInvalidConfigurationException,
  XksKeyNotFoundException,
  XksProxyIncorrectAuthenticationCredentialException,
  XksProxyInvalidConfigurationException,
  XksProxyInvalidResponseException,
  XksProxyUriUnreachableException
} from "../Errors.ts"
import type { KeyStoreFailure, KeyStoreFailureReason } from "./KeyStoreProvider.ts"
import type { ConnectionErrorCode } from "./StoreRecord.ts"

interface Meaning {
  readonly message: string
  readonly code: ConnectionErrorCode
}

const again = "Try again; if it lasts, tell the administrator of the external key store proxy."
const notUnderstood = "The reply of the external key store proxy cannot be understood, or it did not understand the "
  + `request. ${again}`

const meanings: { readonly [Reason in KeyStoreFailureReason]: Meaning } = {
  NoProvider: {
    message:
      "This Keystead reaches no external key managers: give it a KeyStoreProvider, such as that of @keystead/xks.",
    code: "XKS_PROXY_NOT_REACHABLE"
  },
  Unreachable: {
    message:
      "The external key store proxy cannot be reached. See that it runs and is connected to the network, and that "
      + "its endpoint URI is right in the external key store.",
    code: "XKS_PROXY_NOT_REACHABLE"
  },
  Insecure: {
    message: "No TLS connection to the external key store proxy comes about. See to its TLS configuration and its "
      + "certificate.",
    code: "XKS_PROXY_INVALID_TLS_CONFIGURATION"
  },
  TimedOut: {
    message: `The external key store proxy did not respond in time. ${again}`,
    code: "XKS_PROXY_TIMED_OUT"
  },
  Throttled: {
    message:
      "The external key store proxy is asked too often. Call less often with KMS keys of this external key store.",
    code: "XKS_PROXY_NOT_REACHABLE"
  },
  Unavailable: {
    message: "The external key store proxy reports that no external key manager is available. See that one runs.",
    code: "XKS_PROXY_NOT_REACHABLE"
  },
  Internal: {
    message: "The external key store proxy cannot communicate with its external key manager. See that the proxy is "
      + "configured rightly and that the key manager is available.",
    code: "XKS_PROXY_NOT_REACHABLE"
  },
  InvalidResponse: { message: notUnderstood, code: "XKS_PROXY_INVALID_RESPONSE" },
  Unsupported: {
    message: `The external key store proxy does not support the requested operation. ${again}`,
    code: "XKS_PROXY_INVALID_RESPONSE"
  },
  AuthenticationFailed: {
    message: "The external key store proxy does not know the credential that requests to it are signed with. Compare "
      + "XksProxyAuthenticationCredential with the proxy's, and give the right one with UpdateCustomKeyStore.",
    code: "INVALID_CREDENTIALS"
  },
  AccessDenied: {
    message: "The external key store proxy denied the operation. See that it allows it to this user and external key.",
    code: "XKS_PROXY_ACCESS_DENIED"
  },
  InvalidPath: {
    message: "The external key store proxy has nothing at this URI path. Compare XksProxyUriPath with the proxy's.",
    code: "XKS_PROXY_INVALID_CONFIGURATION"
  },
  KeyNotFound: {
    message:
      "The external key was not found in the external key manager. If its id is wrong, create a new KMS key with "
      + "the right one.",
    code: "XKS_PROXY_INVALID_RESPONSE"
  },
  KeyDisabled: {
    message: "The external key, or its key store, is not enabled in the external key manager. Enable it there, and try "
      + "again.",
    code: "XKS_PROXY_NOT_REACHABLE"
  },
  InvalidKeyUsage: {
    message:
      "The external key does not support the requested operation. Enable the operation on the key in the external "
      + "key manager, and try again.",
    code: "XKS_PROXY_INVALID_RESPONSE"
  },
  InvalidCiphertext: {
    message: "The external key store proxy rejected the request because the ciphertext or the encryption context is "
      + "corrupted, missing, or otherwise invalid.",
    code: "XKS_PROXY_INVALID_RESPONSE"
  }
}

/** Why the connection failed, as DescribeCustomKeyStores tells it. */
export const connectionErrorCode = ({ reason }: KeyStoreFailure): ConnectionErrorCode => meanings[reason].code

/** What becomes of Encrypt, Decrypt and the like. */
export const ofUse = ({ reason }: KeyStoreFailure): KMSInvalidStateException =>
  new KMSInvalidStateException(meanings[reason])

/** What becomes of CreateKey. */
export const ofCreateKey = ({ reason }: KeyStoreFailure) => {
  switch (reason) {
    case "KeyNotFound":
      return new XksKeyNotFoundException(meanings[reason])
    case "KeyDisabled":
    case "InvalidKeyUsage":
      return new XksKeyInvalidConfigurationException(meanings[reason])
    default:
      return new CustomKeyStoreInvalidStateException(meanings[reason])
  }
}

/** What becomes of CreateCustomKeyStore and UpdateCustomKeyStore. */
export const ofStore = ({ reason }: KeyStoreFailure) => {
  switch (reason) {
    case "NoProvider":
      return new UnsupportedOperationException(meanings[reason])
    case "AuthenticationFailed":
      return new XksProxyIncorrectAuthenticationCredentialException(meanings[reason])
    case "AccessDenied":
    case "InvalidPath":
      return new XksProxyInvalidConfigurationException(meanings[reason])
    case "Unreachable":
    case "Insecure":
    case "TimedOut":
    case "Throttled":
    case "Unavailable":
    case "KeyDisabled":
      return new XksProxyUriUnreachableException(meanings[reason])
    default:
      return new XksProxyInvalidResponseException(meanings[reason])
  }
}

/** The names that AWS gives to kinds of keys and algorithms, in the order of its model. */

/** The key specs that the deprecated member CustomerMasterKeySpec knows. */
export const customerMasterKeySpecs = [
  "RSA_2048",
  "RSA_3072",
  "RSA_4096",
  "ECC_NIST_P256",
  "ECC_NIST_P384",
  "ECC_NIST_P521",
  "ECC_SECG_P256K1",
  "SYMMETRIC_DEFAULT",
  "HMAC_224",
  "HMAC_256",
  "HMAC_384",
  "HMAC_512",
  "SM2"
] as const

/** The key specs. */
export const keySpecs = [
  ...customerMasterKeySpecs,
  "ML_DSA_44",
  "ML_DSA_65",
  "ML_DSA_87",
  "ECC_NIST_EDWARDS25519",
  "ML_KEM_512",
  "ML_KEM_768",
  "ML_KEM_1024"
] as const

/** What a key can be for. */
export const keyUsages = [
  "SIGN_VERIFY",
  "ENCRYPT_DECRYPT",
  "GENERATE_VERIFY_MAC",
  "KEY_AGREEMENT",
  "ENCAPSULATE_DECAPSULATE"
] as const

/** Where key material can come from. */
export const origins = ["AWS_KMS", "EXTERNAL", "AWS_CLOUDHSM", "EXTERNAL_KEY_STORE"] as const

/** How a key can encrypt. */
export const encryptionAlgorithms = [
  "SYMMETRIC_DEFAULT",
  "RSAES_OAEP_SHA_1",
  "RSAES_OAEP_SHA_256",
  "SM2PKE"
] as const

/** The specs of symmetric data keys. */
export const dataKeySpecs = ["AES_256", "AES_128"] as const

/** The specs of data key pairs. */
export const dataKeyPairSpecs = [
  "RSA_2048",
  "RSA_3072",
  "RSA_4096",
  "ECC_NIST_P256",
  "ECC_NIST_P384",
  "ECC_NIST_P521",
  "ECC_SECG_P256K1",
  "SM2",
  "ECC_NIST_EDWARDS25519",
  "ML_KEM_512",
  "ML_KEM_768",
  "ML_KEM_1024"
] as const

/** How a key can sign. */
export const signingAlgorithms = [
  "RSASSA_PSS_SHA_256",
  "RSASSA_PSS_SHA_384",
  "RSASSA_PSS_SHA_512",
  "RSASSA_PKCS1_V1_5_SHA_256",
  "RSASSA_PKCS1_V1_5_SHA_384",
  "RSASSA_PKCS1_V1_5_SHA_512",
  "ECDSA_SHA_256",
  "ECDSA_SHA_384",
  "ECDSA_SHA_512",
  "SM2DSA",
  "ML_DSA_SHAKE_256",
  "ED25519_SHA_512",
  "ED25519_PH_SHA_512"
] as const

/** How a key can make message authentication codes. */
export const macAlgorithms = ["HMAC_SHA_224", "HMAC_SHA_256", "HMAC_SHA_384", "HMAC_SHA_512"] as const

/** How two keys can agree on a secret. */
export const keyAgreementAlgorithms = ["ECDH"] as const

/** How a secret can be encapsulated. */
export const encapsulationAlgorithms = ["ML_KEM"] as const

/** How key material can be wrapped for its import. */
export const wrappingAlgorithms = [
  "RSAES_PKCS1_V1_5",
  "RSAES_OAEP_SHA_1",
  "RSAES_OAEP_SHA_256",
  "RSA_AES_KEY_WRAP_SHA_1",
  "RSA_AES_KEY_WRAP_SHA_256",
  "SM2PKE"
] as const

/** The specs of the keys that it can be wrapped with. */
export const wrappingKeySpecs = ["RSA_2048", "RSA_3072", "RSA_4096", "SM2"] as const

/** The name of a key spec. */
export type KeySpec = (typeof keySpecs)[number]

/** The name of a key usage. */
export type KeyUsage = (typeof keyUsages)[number]

/** The name of a signing algorithm. */
export type SigningAlgorithm = (typeof signingAlgorithms)[number]

/** The name of a MAC algorithm. */
export type MacAlgorithm = (typeof macAlgorithms)[number]

/** The algorithms of keys of some spec, by what the keys are for. */
export interface Algorithms {
  readonly ENCRYPT_DECRYPT?: ReadonlyArray<(typeof encryptionAlgorithms)[number]>
  readonly SIGN_VERIFY?: ReadonlyArray<SigningAlgorithm>
  readonly GENERATE_VERIFY_MAC?: ReadonlyArray<MacAlgorithm>
  readonly KEY_AGREEMENT?: ReadonlyArray<(typeof keyAgreementAlgorithms)[number]>
  readonly ENCAPSULATE_DECAPSULATE?: ReadonlyArray<(typeof encapsulationAlgorithms)[number]>
}

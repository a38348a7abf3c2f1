/** Key pairs of RSA and elliptic curves. */
import { edwardsKindsWith } from "../crypto/kinds/EdwardsWith.ts"
import { ellipticKindsWith } from "../crypto/kinds/EllipticWith.ts"
import { signingLater } from "../crypto/kinds/Later.ts"
import { edwardsUsages, ellipticUsages } from "../crypto/kinds/Usages.ts"
import { underKeyPair } from "../crypto/UnderKeyPair.ts"
import { DeriveSharedSecret } from "../operations/DeriveSharedSecret.ts"
import { GenerateDataKeyPair } from "../operations/GenerateDataKeyPair.ts"
import { GenerateDataKeyPairWithoutPlaintext } from "../operations/GenerateDataKeyPairWithoutPlaintext.ts"
import { GetPublicKey } from "../operations/GetPublicKey.ts"
import { Sign } from "../operations/Sign.ts"
import { Verify } from "../operations/Verify.ts"
import type { Group } from "./Group.ts"

/**
 * Signing, key agreement and encryption with key pairs, and data key pairs. RSA has no way in pure JavaScript here: keys of
 * its specs can be made where the host brings one.
 */
export const asymmetric = {
  name: "asymmetric",
  operations: {
    DeriveSharedSecret,
    GenerateDataKeyPair,
    GenerateDataKeyPairWithoutPlaintext,
    GetPublicKey,
    Sign,
    Verify
  },
  keySpecs: [
    "RSA_2048",
    "RSA_3072",
    "RSA_4096",
    "ECC_NIST_P256",
    "ECC_NIST_P384",
    "ECC_NIST_P521",
    "ECC_SECG_P256K1",
    "ECC_NIST_EDWARDS25519"
  ],
  kinds: [
    ...signingLater(ellipticUsages, async () => ellipticKindsWith(await import("../crypto/kinds/Curves.ts"))),
    ...signingLater(edwardsUsages, async () => edwardsKindsWith(await import("../crypto/kinds/EdwardsCurve.ts")))
  ],
  ciphers: [underKeyPair]
} as const satisfies Group

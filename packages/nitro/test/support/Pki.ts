/** A public key infrastructure as Nitro's, made anew for each test; its certificates can be made wrong on purpose. */
import { AsnConvert, OctetString } from "@peculiar/asn1-schema"
import {
  AlgorithmIdentifier,
  AttributeTypeAndValue,
  AttributeValue,
  BasicConstraints,
  Certificate,
  Extension,
  Extensions,
  Name,
  RelativeDistinguishedName,
  SubjectPublicKeyInfo,
  TBSCertificate,
  Validity,
  Version
} from "@peculiar/asn1-x509"
import { generateKeyPairSync, type KeyObject, sign } from "node:crypto"

/** When everything here is used: milliseconds since 1970. */
export const now = Date.UTC(2026, 10, 24, 12)

export const day = 24 * 60 * 60 * 1000

/** Object identifiers. */
export const oids = {
  ecdsaWithSha384: "1.2.840.10045.4.3.3",
  ecdsaWithSha256: "1.2.840.10045.4.3.2",
  basicConstraints: "2.5.29.19",
  keyUsage: "2.5.29.15",
  nameConstraints: "2.5.29.30",
  keyIdentifier: "2.5.29.14"
}

/** A certificate, and the key that it is of. */
export interface Entity {
  readonly der: Uint8Array
  readonly privateKey: KeyObject
  readonly subject: string
}

/** How a certificate differs from a good one. */
export interface Differently {
  /** Who signs; itself by default. */
  readonly issuer?: Entity
  readonly issuerName?: string
  readonly curve?: "P-256" | "P-384"
  readonly from?: number
  readonly until?: number
  readonly extensions?: ReadonlyArray<Extension>
  /** Changes what is to be signed. */
  readonly change?: (contents: TBSCertificate) => void
  /** Changes what is signed already. */
  readonly forge?: (certificate: Certificate) => void
}

const name = (text: string): Name =>
  new Name([
    new RelativeDistinguishedName([
      new AttributeTypeAndValue({ type: "2.5.4.3", value: new AttributeValue({ utf8String: text }) })
    ])
  ])

export const extension = (extnID: string, der: ReadonlyArray<number>, critical = true): Extension =>
  new Extension({ extnID, critical, extnValue: new OctetString(Uint8Array.from(der)) })

/** basicConstraints: whether an authority, and how many may follow. */
export const constraints = (cA: boolean, pathLenConstraint?: number, critical = true): Extension =>
  new Extension({
    extnID: oids.basicConstraints,
    critical,
    extnValue: new OctetString(
      AsnConvert.serialize(
        new BasicConstraints(pathLenConstraint === undefined ? { cA } : { cA, pathLenConstraint })
      )
    )
  })

/** keyUsage: `sign` is keyCertSign, `digital` digitalSignature. */
export const usage = (which: "sign" | "digital" | "crl"): Extension =>
  extension(oids.keyUsage, [0x03, 0x02, 0x01, { sign: 0x04, digital: 0x80, crl: 0x02 }[which]])

let serial = 1

/** Makes a certificate of this subject, by default a root's. */
export const certify = (subject: string, differently: Differently = {}): Entity => {
  const { publicKey, privateKey } = generateKeyPairSync("ec", { namedCurve: differently.curve ?? "P-384" })
  const contents = new TBSCertificate({
    version: Version.v3,
    serialNumber: Uint8Array.of(serial++ & 0x7f).buffer,
    signature: new AlgorithmIdentifier({ algorithm: oids.ecdsaWithSha384 }),
    issuer: name(differently.issuerName ?? differently.issuer?.subject ?? subject),
    validity: new Validity({
      notBefore: new Date(differently.from ?? now - day),
      notAfter: new Date(differently.until ?? now + day)
    }),
    subject: name(subject),
    subjectPublicKeyInfo: AsnConvert.parse(publicKey.export({ type: "spki", format: "der" }), SubjectPublicKeyInfo),
    extensions: new Extensions([...differently.extensions ?? [constraints(true), usage("sign")]])
  })
  differently.change?.(contents)
  const toBeSigned = new Uint8Array(AsnConvert.serialize(contents))
  const signature = sign("sha384", toBeSigned, differently.issuer?.privateKey ?? privateKey)
  const certificate = new Certificate({
    tbsCertificate: contents,
    signatureAlgorithm: new AlgorithmIdentifier({ algorithm: oids.ecdsaWithSha384 }),
    signatureValue: Uint8Array.from(signature).buffer
  })
  differently.forge?.(certificate)
  return { der: new Uint8Array(AsnConvert.serialize(certificate)), privateKey, subject }
}

/** A path as Nitro's: a root, a region, a zone, an instance, and what signs documents. */
export interface Path {
  readonly authorities: ReadonlyArray<Entity>
  readonly signer: Entity
}

/** A signer's certificate under an issuer. */
export const certifySigner = (issuer: Entity, differently: Differently = {}): Entity =>
  certify("enclave", { issuer, extensions: [constraints(false), usage("digital")], ...differently })

/** A good path of this many authorities. */
export const makePath = (length = 4, root: Entity = certify("root")): Path => {
  const authorities = [root]
  for (let at = 1; at < length; at++) {
    const issuer = authorities[at - 1]
    if (issuer === undefined) throw new Error("The one before is missing")
    const extensions = [constraints(true, length - 1 - at), usage("sign")]
    authorities.push(certify(`authority ${at}`, { issuer, extensions }))
  }
  return { authorities, signer: certifySigner(authorities.at(-1) ?? root) }
}

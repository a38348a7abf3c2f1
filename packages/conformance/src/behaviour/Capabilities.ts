/**
 * What each runtime can do and cannot: the one table. The suite holds every runtime to it, both ways: what it has must work,
 * and what it lacks must be refused with the error that stands here. docs/runtimes.md is made from it.
 */

/** Something that not every runtime has. */
export interface FeatureText {
  readonly what: string
  /** The name of the error with which it is refused where it is lacking; none if there is nothing to be asked for. */
  readonly refusedWith?: string
}

/** What not every runtime has. */
export const features = {
  rsa: { what: "RSA keys", refusedWith: "UnsupportedOperationException" },
  rsaDigests: {
    what: "RSA signatures of a digest (`MessageType` DIGEST)",
    refusedWith: "UnsupportedOperationException"
  },
  imports: { what: "import of key material", refusedWith: "UnsupportedOperationException" },
  attestation: { what: "replies for an attested enclave (`Recipient`)", refusedWith: "UnsupportedOperationException" },
  externalKeyStores: { what: "keys in external key managers", refusedWith: "UnsupportedOperationException" },
  durable: { what: "keys outlive the program" },
  folder: { what: "a store in a folder" }
} as const satisfies Readonly<Record<string, FeatureText>>

/** The name of a feature. */
export type Feature = keyof typeof features

/** Whether a feature is there: always, not at all, or only with another package of this name. */
export type Ability = boolean | { readonly with: string }

/** What a service can do. */
export type Capabilities = Readonly<Record<Feature, Ability>>

/** Where a runtime can do it, and how it is opened. */
export interface RuntimeCapabilities {
  readonly package: string
  /** What computes, beside the core. */
  readonly cryptography: string
  /** Where keys can be kept. */
  readonly stores: ReadonlyArray<string>
  readonly can: Capabilities
}

const everywhere = {
  attestation: { with: "@keystead/nitro" },
  externalKeyStores: { with: "@keystead/xks" },
  durable: true
} as const

/** What has `crypto.subtle` and nothing else. */
const web = { ...everywhere, rsa: true, rsaDigests: false, imports: true } as const

/** The core by itself: with no host's primitives there is no RSA, and so nothing to wrap key material with. */
export const core: Capabilities = {
  ...everywhere,
  rsa: false,
  rsaDigests: false,
  imports: false,
  durable: { with: "@keystead/storage-*" },
  folder: { with: "@keystead/storage-filesystem" }
}

/** The runtimes. */
export const runtimes = {
  Node: {
    package: "@keystead/runtime-node",
    cryptography: "`node:crypto`",
    stores: ["memory", "a folder", "SQLite (`node:sqlite`)"],
    can: { ...everywhere, rsa: true, rsaDigests: true, imports: true, folder: true }
  },
  Bun: {
    package: "@keystead/runtime-node",
    cryptography: "`node:crypto`",
    stores: ["memory", "a folder", "SQLite (`node:sqlite`)"],
    can: { ...everywhere, rsa: true, rsaDigests: true, imports: true, folder: true }
  },
  Deno: {
    package: "@keystead/runtime-deno",
    cryptography: "WebCrypto, and `node:crypto` for what is small",
    stores: ["memory", "a folder", "Deno KV", "SQLite (`node:sqlite`)"],
    can: { ...web, folder: true }
  },
  workerd: {
    package: "@keystead/runtime-cloudflare",
    cryptography: "WebCrypto",
    stores: ["Durable Objects", "D1"],
    can: { ...web, folder: false }
  },
  Chromium: {
    package: "@keystead/runtime-browser",
    cryptography: "WebCrypto",
    stores: ["memory", "IndexedDB"],
    can: { ...web, folder: false }
  }
} as const satisfies Readonly<Record<string, RuntimeCapabilities>>

/** The name of a runtime. */
export type RuntimeName = keyof typeof runtimes

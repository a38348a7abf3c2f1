/** Quotas of AWS KMS that an embedder may set otherwise. Source: AWS KMS developer guide, "Resource quotas". */
export interface Limits {
  /** KMS keys of one account in one Region. */
  readonly keysPerRegion: number
  /** Custom key stores of one account in one Region. */
  readonly customKeyStores: number
  /** Aliases of one key. */
  readonly aliasesPerKey: number
  /** Tags of one key. */
  readonly tagsPerKey: number
  /** Grants of one key. */
  readonly grantsPerKey: number
  /** On-demand rotations of one key in its life. */
  readonly onDemandRotationsPerKey: number
  /**
   * Milliseconds for which a new replica is Creating, and the keys of an UpdatePrimaryRegion are Updating. AWS takes some
   * seconds, as it copies between Regions; nothing is copied here, so that it is 0 unless an embedder wants to see it.
   */
  readonly multiRegionSettling: number
}

/** AWS's own quotas. */
export const defaultLimits: Limits = {
  keysPerRegion: 100_000,
  customKeyStores: 10,
  aliasesPerKey: 50,
  tagsPerKey: 50,
  grantsPerKey: 50_000,
  onDemandRotationsPerKey: 25,
  multiRegionSettling: 0
}

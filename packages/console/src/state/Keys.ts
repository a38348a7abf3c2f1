/** The keys that were loaded, a page at a time, with what they are found by. */
import type { KeyMetadata } from "@keystead/core/domain/KeyMetadata"
import { signal } from "@preact/signals"
import { engine } from "./Engine.ts"
import { everyPage } from "./Pages.ts"

/** A key, with its names and tags. */
export interface KnownKey {
  readonly metadata: KeyMetadata
  /** Sorted, with `alias/`. */
  readonly aliases: ReadonlyArray<string>
  readonly tags: ReadonlyArray<Tag>
}

/** A tag. */
export interface Tag {
  readonly TagKey: string
  readonly TagValue: string
}

/** What is loaded. */
interface Loaded {
  readonly keys: ReadonlyArray<KnownKey>
  /** Where the next page begins, if there is one. */
  readonly next: string | undefined
}

/** The keys that are loaded; undefined before the first page is. */
export const loaded = signal<Loaded | undefined>(undefined)

const aliasesOf = async (KeyId: string): Promise<ReadonlyArray<string>> => {
  const pages = await everyPage((Marker) => engine.call("ListAliases", { KeyId, Marker, Limit: 100 }))
  return pages.flatMap(({ Aliases = [] }) => Aliases.flatMap(({ AliasName }) => AliasName ?? []))
}

const tagsOf = async (KeyId: string): Promise<ReadonlyArray<Tag>> => {
  const pages = await everyPage((Marker) => engine.call("ListResourceTags", { KeyId, Marker, Limit: 50 }))
  return pages.flatMap(({ Tags = [] }) => Tags)
}

/** What a policy keeps from us is no reason to show nothing. */
const orNone = <Item>(items: Promise<ReadonlyArray<Item>>): Promise<ReadonlyArray<Item>> => items.catch(() => [])

/** A key as it is now. */
export const describe = async (keyId: string): Promise<KnownKey> => {
  const { KeyMetadata } = await engine.call("DescribeKey", { KeyId: keyId })
  if (KeyMetadata === undefined) throw new Error(`Nothing is known of ${keyId}.`)
  const { Arn = keyId, KeyManager } = KeyMetadata
  return {
    metadata: KeyMetadata,
    aliases: await orNone(aliasesOf(Arn)),
    tags: KeyManager === "AWS" ? [] : await orNone(tagsOf(Arn))
  }
}

const known = async (keyId: string): Promise<KnownKey> =>
  await describe(keyId).catch((): KnownKey => ({ metadata: { KeyId: keyId }, aliases: [], tags: [] }))

/** Loads the first page again, or the next. */
export const loadKeys = async (more = false): Promise<void> => {
  const before = more ? loaded.value : undefined
  const { Keys = [], NextMarker } = await engine.call("ListKeys", { Limit: 100, Marker: before?.next })
  const keys = await Promise.all(Keys.map(({ KeyId = "" }) => known(KeyId)))
  loaded.value = { keys: [...before?.keys ?? [], ...keys], next: NextMarker }
}

/** How a key is called: by its first alias, else its description, else its id. */
export const nameOf = ({ aliases, metadata }: KnownKey): string =>
  aliases[0]?.slice("alias/".length) ?? (metadata.Description || metadata.KeyId)

/** Whether every word is in the key's id, aliases, description or tags. */
export const matches = ({ aliases, metadata, tags }: KnownKey, search: string): boolean => {
  const text = [
    metadata.KeyId,
    metadata.Description ?? "",
    metadata.KeyState ?? "",
    metadata.KeySpec ?? "",
    ...aliases,
    ...tags.map(({ TagKey, TagValue }) => `${TagKey}=${TagValue}`)
  ].join("\n").toLowerCase()
  return search.toLowerCase().split(/\s+/).every((word) => text.includes(word))
}

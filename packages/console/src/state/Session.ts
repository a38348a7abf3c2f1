/** What is open, and what to open again when the page is loaded the next time. */
import { signal } from "@preact/signals"
import type { About, Choice } from "../backend/Backend.ts"
import { engine } from "./Engine.ts"
import { jobs } from "./Jobs.ts"
import { loaded } from "./Keys.ts"

/** What is remembered: no secret is. */
export type Remembered =
  | { readonly kind: "local"; readonly passphrase: boolean }
  | { readonly kind: "remote"; readonly url: string; readonly region: string; readonly accessKeyId: string }

const storageKey = "keystead-console"

const remembering = (choice: Choice): Remembered => {
  if (choice.kind === "local") return { kind: "local", passphrase: choice.passphrase !== undefined }
  const { accessKeyId, region, url } = choice.endpoint
  return { kind: "remote", url, region, accessKeyId }
}

const textOf = (value: unknown): string => typeof value === "string" ? value : ""

/** What the page was last used with, if anything. */
export const remembered = (): Remembered | undefined => {
  const value: unknown = JSON.parse(localStorage.getItem(storageKey) ?? "null")
  if (typeof value !== "object" || value === null || !("kind" in value)) return undefined
  if (value.kind === "local") return { kind: "local", passphrase: "passphrase" in value && value.passphrase === true }
  const member = (name: string): string => textOf(Reflect.get(value, name))
  return { kind: "remote", url: member("url"), region: member("region"), accessKeyId: member("accessKeyId") }
}

/** What is open; undefined as long as nothing is. */
export const session = signal<About | undefined>(undefined)

/** Opens keys, and remembers what was opened. It rejects with a Refusal. */
export const openKeys = async (choice: Choice): Promise<void> => {
  const about = await engine.open(choice)
  localStorage.setItem(storageKey, JSON.stringify(remembering(choice)))
  session.value = about
  // A browser that promises it keeps the keys when the disk is full. Some ask their user.
  if (choice.kind === "local") navigator.storage.persist().catch(() => undefined)
}

/** Remembers whether the keys of this browser ask for a passphrase. */
export const protect = (passphrase: boolean): void =>
  localStorage.setItem(storageKey, JSON.stringify({ kind: "local", passphrase }))

/** Nothing is open any more, and nothing is opened again. */
export const forgetSession = (): void => {
  session.value = undefined
  localStorage.removeItem(storageKey)
  location.hash = ""
}

/** Closes what is open, and forgets it. */
export const leave = async (): Promise<void> => {
  forgetSession()
  loaded.value = undefined
  jobs.value = []
  await engine.close()
}

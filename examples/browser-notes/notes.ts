/** Notes that nobody reads in the database: each is encrypted under a key that never leaves Keystead. */
import { openKms } from "@keystead/runtime-browser/OpenKms"
import { openDB } from "idb"

const find = <E extends Element>(selector: string, type: new() => E): E => {
  const found = document.querySelector(selector)
  if (found instanceof type) return found
  throw new Error(`The page has no ${selector}`)
}
const form = find("form", HTMLFormElement)
const button = find("button", HTMLButtonElement)
const note = find("textarea", HTMLTextAreaElement)
const list = find("ul", HTMLUListElement)
const status = find("p", HTMLParagraphElement)

const kms = await openKms({ database: "notes-keys" })
const notes = await openDB("notes", 1, {
  upgrade: (database) => void database.createObjectStore("notes", { autoIncrement: true })
})

const KeyId = "alias/notes"
const EncryptionContext = { app: "notes" }

const makeKey = async () => {
  const { KeyMetadata } = await kms.createKey({ Description: "Notes" })
  await kms.createAlias({ AliasName: KeyId, TargetKeyId: KeyMetadata?.KeyId ?? "" })
}

const seal = async (text: string) => {
  const { CiphertextBlob } = await kms.encrypt({ KeyId, EncryptionContext, Plaintext: new TextEncoder().encode(text) })
  await notes.add("notes", CiphertextBlob)
}

const open = async (sealed: Uint8Array) => {
  const { Plaintext } = await kms.decrypt({ EncryptionContext, CiphertextBlob: sealed })
  return new TextDecoder().decode(Plaintext)
}

const show = async () => {
  const opened = await Promise.all((await notes.getAll("notes")).map(open))
  list.replaceChildren(...opened.map((text) => Object.assign(document.createElement("li"), { textContent: text })))
  status.textContent = `${opened.length} sealed`
}

form.addEventListener("submit", (event) => {
  event.preventDefault()
  void seal(note.value).then(show)
  form.reset()
})

await kms.describeKey({ KeyId }).catch(makeKey)
await show()
button.disabled = false

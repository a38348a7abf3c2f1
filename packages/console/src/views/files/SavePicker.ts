/** The browser's dialogue for where to save a file (File System Access), where it has one. */

type Picker = (options: { readonly suggestedName: string }) => Promise<FileSystemFileHandle>

const isPicker = (found: unknown): found is Picker => typeof found === "function"

/** Where to save it; undefined for a download. It rejects with an AbortError if the dialogue is closed. */
export const chooseTarget = async (suggestedName: string): Promise<FileSystemFileHandle | undefined> => {
  const picker: unknown = Reflect.get(globalThis, "showSaveFilePicker")
  return isPicker(picker) ? await picker({ suggestedName }) : undefined
}

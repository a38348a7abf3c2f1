/** A file to be sealed or opened, and where to. */
export type FileJob =
  & {
    readonly file: File
    /** Where it goes; without it, to a file that is downloaded when it is complete. */
    readonly to?: FileSystemFileHandle | undefined
    /** The name of that file. */
    readonly name: string
    /** Pairs that are bound to the file. */
    readonly context: Readonly<Record<string, string>>
  }
  & (
    | { readonly way: "seal"; readonly keyId: string }
    | { readonly way: "open" }
  )

/** What the worker tells of a job: how many bytes of the file have gone in. */
export interface FileProgress {
  readonly done: number
}

/** What became of it. */
export interface FileResult {
  /** What to download, if the file did not go to a place that was chosen. */
  readonly download: File | undefined
  /** The pairs that the file is bound to: of one that was opened, all of them, and authentic. */
  readonly context: Readonly<Record<string, string>>
}

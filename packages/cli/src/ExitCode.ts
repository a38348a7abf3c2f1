/** What the command's exit code says. Scripts rely on these numbers: they stay as they are. */

/** Every way that the command can end: its exit code, and what that means. */
export const endings = {
  done: { code: 0, meaning: "done" },
  refused: { code: 1, meaning: "the request was refused: not valid, a quota, a name that is taken" },
  usage: { code: 2, meaning: "the command line is wrong" },
  missing: { code: 3, meaning: "there is no such key, alias or store" },
  denied: { code: 4, meaning: "the caller may not do this" },
  notAuthentic: {
    code: 5,
    meaning: "not authentic: changed, cut short, or of another encryption context"
  },
  wrongState: { code: 6, meaning: "the key is disabled, pending deletion, or in another state that forbids this" },
  files: { code: 7, meaning: "a file, the store or its root key cannot be read or written" },
  internal: { code: 70, meaning: "Keystead itself failed" },
  interrupted: { code: 130, meaning: "interrupted, by Ctrl-C for example" }
} as const

/** Why the command ended. */
export type Ending = keyof typeof endings

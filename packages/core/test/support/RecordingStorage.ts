/** A storage that remembers everything that it is given. */
import type { Change, Storage } from "@keystead/core/storage/Storage"
import * as Effect from "effect/Effect"

/** The changes of all commits, tried ones too, and what puts the recorder around a storage. */
export const recordingStorage = () => {
  const changes: Array<Change> = []
  const wrap = (inner: Storage["Service"]): Storage["Service"] => ({
    ...inner,
    commit: (given) => Effect.suspend(() => (changes.push(...given), inner.commit(given)))
  })
  return { changes, wrap }
}

import { describe, it } from "@effect/vitest"
import { contract } from "@keystead/core/storage/Contract"
import * as FilesystemStorage from "@keystead/storage-filesystem/FilesystemStorage"
import * as Effect from "effect/Effect"
import { temporaryFolder } from "./support/TemporaryFolder.ts"

describe("FilesystemStorage keeps the contract", () => {
  for (const { name, run } of contract({ durable: true })) {
    it.live(name, () => Effect.flatMap(temporaryFolder, (directory) => run(FilesystemStorage.make({ directory }))))
  }
})

/**
 * What the store in a folder runs on in Deno: `node:fs`, which asks for nothing that is not permitted.
 *
 * To say whether the owner of a lock still lives, Node asks the system (the machine's name, `/proc`, a signal). Where Deno is
 * permitted all of that, so does this. Where it is not, nobody is asked: an owner in another process counts as dead when it has
 * given no sign of life for ten seconds, as on any host that does not tell.
 */
import { ENOUGH } from "@keystead/storage-filesystem/Checkpoint"
import { FileError, type FileSystem } from "@keystead/storage-filesystem/FileSystem"
import type { Host } from "@keystead/storage-filesystem/FilesystemStorage"
import { nodeFileSystem } from "@keystead/storage-filesystem/NodeFileSystem"
import { nodeProcesses, type Processes } from "@keystead/storage-filesystem/Processes"
import * as Effect from "effect/Effect"
import { isGranted, type Permission } from "./Permissions.ts"

/** Above the store's folder, names are synced as far as they are ours: those that may not be read are not. */
const files: FileSystem = {
  ...nodeFileSystem,
  syncDirectory: (path) =>
    isGranted({ name: "read", path })
      ? nodeFileSystem.syncDirectory(path)
      : Effect.fail(new FileError({ operation: "read", path, code: "EPERM" }))
}

const host = `deno-${crypto.randomUUID()}`

/** Processes of which nothing can be asked but who this one is. */
const silentProcesses: Processes = {
  get self() {
    return { host, pid: Deno.pid, boot: "", space: "", started: "" }
  },
  lifeOf: (owner) => owner.host === host ? "Alive" : "Unknown",
  token: () => crypto.randomUUID()
}

const asked: ReadonlyArray<Permission> = [
  { name: "sys", kind: "hostname" },
  { name: "read", path: "/proc" },
  { name: "run" }
]

/** The host, by what is permitted when it is asked for. */
export const denoHost = (): Host => ({
  files,
  processes: asked.every(isGranted) ? nodeProcesses : silentProcesses,
  enough: ENOUGH
})

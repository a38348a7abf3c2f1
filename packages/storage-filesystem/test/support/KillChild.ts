/** The writer that is killed, over a folder. */
import * as FilesystemStorage from "@keystead/storage-filesystem/FilesystemStorage"
import { nodeFileSystem } from "@keystead/storage-filesystem/NodeFileSystem"
import { nodeProcesses } from "@keystead/storage-filesystem/Processes"
import { writeForEver } from "../../../core/test/support/KillWriter.ts"

const [, , directory = "", name = "", first = "0"] = process.argv
const enough = { records: 40, bytes: 1_000_000 }

writeForEver(
  FilesystemStorage.make({ directory }, { files: nodeFileSystem, processes: nodeProcesses, enough }),
  name,
  Number(first)
)

/**
 * A disk in memory that does what a disk may do, and no more than it must: what was not synced may be lost when the
 * power goes, each file and each name on its own, and a write may break off in the middle.
 */
import { FileError, type FileOperation, type FileSystem, type OpenFile } from "@keystead/storage-filesystem/FileSystem"
import * as Effect from "effect/Effect"

interface File {
  readonly kind: "file"
  bytes: Uint8Array
  /** What is on the disk for sure. */
  synced: Uint8Array
  modified: number
}
interface Directory {
  readonly kind: "directory"
  names: Map<string, Node>
  /** The names that are on the disk for sure. */
  synced: Map<string, Node>
}
type Node = File | Directory

const directory = (): Directory => ({ kind: "directory", names: new Map(), synced: new Map() })

/** What happens at the fatal call: nothing of it, all of it, or (of a write) the first part. */
export type Death = "before" | "after" | "torn"

/** Decides about each thing that was not synced: 0 it is lost, 1 it is kept, between (of bytes) so much of it is kept. */
export type Fate = () => number

export interface Faults {
  /** The number of the call (only calls that change something count, from 1) at which the process dies. */
  dieAt?: number
  death?: Death
  /** An error code for a call, or nothing. */
  fail?: (call: { readonly name: string; readonly path: string; readonly count: number }) => string | undefined
}

/** The defect of a process that died. */
export class Died extends Error {}

export interface SimulatedDisk {
  /** A file system for one process, which dies or fails as told. `calls` counts what it changed. */
  readonly mount: (faults?: Faults) => FileSystem & { readonly calls: () => number }
  /** The power goes, and comes back. */
  readonly losePower: (fate: Fate) => void
  readonly bytesOf: (path: string) => Uint8Array
  readonly overwrite: (path: string, bytes: Uint8Array) => void
  /** The paths of all files under a directory. */
  readonly filesUnder: (path: string) => ReadonlyArray<string>
}

export const makeDisk = (): SimulatedDisk => {
  let root = directory()
  let time = 1

  const partsOf = (path: string) => path.split(/[/\\]/).filter((part) => part !== "")
  const find = (path: string): Node => {
    let node: Node = root
    for (const part of partsOf(path)) {
      if (node.kind !== "directory") throw new Error("ENOTDIR")
      const next: Node | undefined = node.names.get(part)
      if (next === undefined) throw new Error("ENOENT")
      node = next
    }
    return node
  }
  const directoryAt = (path: string): Directory => {
    const node = find(path)
    if (node.kind !== "directory") throw new Error("ENOTDIR")
    return node
  }
  const fileAt = (path: string): File => {
    const node = find(path)
    if (node.kind !== "file") throw new Error("EISDIR")
    return node
  }
  const parentOf = (path: string): readonly [Directory, string] => {
    const parts = partsOf(path)
    return [directoryAt(parts.slice(0, -1).join("/")), parts.at(-1) ?? ""]
  }
  const concat = (left: Uint8Array, right: Uint8Array) => new Uint8Array(Buffer.concat([left, right]))

  const rename = (from: string, to: string) => {
    const [source, sourceName] = parentOf(from)
    const [target, targetName] = parentOf(to)
    const [node, old] = [source.names.get(sourceName), target.names.get(targetName)]
    if (node === undefined) throw new Error("ENOENT")
    if (node.kind === "directory" && old?.kind === "file") throw new Error("ENOTDIR")
    if (node.kind === "file" && old?.kind === "directory") throw new Error("EISDIR")
    if (old?.kind === "directory" && old.names.size > 0) throw new Error("ENOTEMPTY")
    source.names.delete(sourceName)
    target.names.set(targetName, node)
  }

  const mount = (faults: Faults = {}) => {
    let [calls, dead] = [0, false]
    const call = <A>(operation: FileOperation, name: string, path: string, apply: () => A, torn?: () => void) =>
      Effect.suspend(() => {
        if (dead) throw new Died()
        if (operation === "write") calls++
        const isFatal = operation === "write" && calls === faults.dieAt
        const code = faults.fail?.({ name, path, count: calls })
        if (code !== undefined) {
          torn?.()
          return Effect.fail(new FileError({ operation, path, code }))
        }
        if (isFatal && faults.death === "torn") torn?.()
        if (!isFatal || faults.death === "after") {
          try {
            const value = apply()
            if (!isFatal) return Effect.succeed(value)
          } catch (cause) {
            if (!isFatal) return Effect.fail(new FileError({ operation, path, code: (cause as Error).message }))
          }
        }
        dead = true
        throw new Died()
      })
    const opened = (path: string, file: File): OpenFile => ({
      size: call("read", "size", path, () => file.bytes.length),
      read: (offset, length) => call("read", "read", path, () => file.bytes.slice(offset, offset + length)),
      append: (bytes) => {
        const append = (length: number) => {
          file.bytes = concat(file.bytes, bytes.subarray(0, length))
          file.modified = time++
        }
        return call("write", "append", path, () => append(bytes.length), () => append(bytes.length >> 1))
      },
      truncate: (size) => call("write", "truncate", path, () => void (file.bytes = file.bytes.slice(0, size))),
      sync: call("write", "sync", path, () => void (file.synced = file.bytes)),
      close: Effect.void
    })
    const files: FileSystem = {
      openToRead: (path) => call("read", "open", path, () => opened(path, fileAt(path))),
      // Not counted: to open changes nothing. It does fail where nothing may be written.
      openToWrite: (path) =>
        Effect.mapError(
          call("read", "openToWrite", path, () => opened(path, fileAt(path))),
          (error) => new FileError({ code: error.code, path, operation: "write" })
        ),
      create: (path) =>
        call("write", "create", path, () => {
          const [parent, name] = parentOf(path)
          if (parent.names.has(name)) throw new Error("EEXIST")
          const file: File = { kind: "file", bytes: new Uint8Array(), synced: new Uint8Array(), modified: time++ }
          parent.names.set(name, file)
          return opened(path, file)
        }),
      read: (path) => call("read", "read", path, () => fileAt(path).bytes),
      modified: (path) => call("read", "modified", path, () => fileAt(path).modified),
      touch: (path) => call("write", "touch", path, () => void (fileAt(path).modified = time++)),
      list: (path) => call("read", "list", path, () => [...directoryAt(path).names.keys()]),
      makeDirectory: (path) =>
        call("write", "makeDirectory", path, () => {
          const [parent, name] = parentOf(path)
          if (parent.names.has(name)) throw new Error("EEXIST")
          parent.names.set(name, directory())
        }),
      removeDirectory: (path) =>
        call("write", "removeDirectory", path, () => {
          const [parent, name] = parentOf(path)
          if (directoryAt(path).names.size > 0) throw new Error("ENOTEMPTY")
          parent.names.delete(name)
        }),
      rename: (from, to) => call("write", "rename", to, () => rename(from, to)),
      remove: (path) =>
        call("write", "remove", path, () => {
          const [parent, name] = parentOf(path)
          fileAt(path)
          parent.names.delete(name)
        }),
      syncDirectory: (path) =>
        call("write", "syncDirectory", path, () => {
          const node = directoryAt(path)
          node.synced = new Map(node.names)
        })
    }
    return { ...files, calls: () => calls }
  }

  /** What is left of a node: of its bytes as fate has it, of its names each one as fate has it. */
  const survivor = (node: Node, fate: Fate, done: Map<Node, Node>): Node => {
    const known = done.get(node)
    if (known !== undefined) return known
    if (node.kind === "file") {
      const bytes = node.bytes === node.synced ? node.bytes : mixed(node, fate())
      const left: File = { ...node, bytes, synced: bytes }
      done.set(node, left)
      return left
    }
    const left = directory()
    done.set(node, left)
    for (const name of new Set([...node.names.keys(), ...node.synced.keys()])) {
      const [now, before] = [node.names.get(name), node.synced.get(name)]
      const kept = now === before || fate() >= 0.5 ? now : before
      if (kept !== undefined) left.names.set(name, survivor(kept, fate, done))
    }
    left.synced = new Map(left.names)
    return left
  }
  const mixed = ({ bytes, synced }: File, share: number): Uint8Array => {
    if (share === 0) return synced
    if (share === 1) return bytes
    const common = bytes.findIndex((byte, index) => byte !== synced[index])
    const start = common === -1 ? Math.min(bytes.length, synced.length) : common
    return bytes.slice(0, start + Math.round((bytes.length - start) * share))
  }

  return {
    mount,
    losePower: (fate) => {
      const left = survivor(root, fate, new Map())
      root = left.kind === "directory" ? left : root
    },
    bytesOf: (path) => fileAt(path).bytes,
    overwrite: (path, bytes) => {
      const file = fileAt(path)
      file.bytes = bytes
      file.synced = bytes
    },
    filesUnder: (path) => {
      const all: Array<string> = []
      const walk = (at: string, node: Node) => {
        if (node.kind === "file") all.push(at)
        else for (const [name, child] of node.names) walk(`${at}/${name}`, child)
      }
      walk(path, find(path))
      return all
    }
  }
}

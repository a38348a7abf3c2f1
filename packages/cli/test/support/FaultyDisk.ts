/** A file system on which writing a new file goes wrong at one point. */
import * as Effect from "effect/Effect"
import type { File, FileSystem } from "effect/FileSystem"
import { systemError } from "effect/PlatformError"

/** Where it goes wrong. */
export type Fault = "open" | "first write" | "half a write" | "sync" | "rename"

/** The file, with some of its members replaced. */
const replaced = (file: File, members: Partial<File>): File =>
  new Proxy(file, {
    get: (target, name) => {
      if (Object.hasOwn(members, name)) return Reflect.get(members, name)
      const member: unknown = Reflect.get(target, name)
      return typeof member === "function"
        ? (...args: ReadonlyArray<unknown>) => Reflect.apply(member, target, args)
        : member
    }
  })

/** The real file system, but for this fault of new files, with this code of the system's. */
export const faulty = (fault: Fault, code: string) => (real: FileSystem): FileSystem => {
  const fail = Effect.fail(
    systemError({
      _tag: "Unknown",
      module: "FileSystem",
      method: fault,
      cause: Object.assign(new Error(code), { code })
    })
  )
  const written = (file: File): File => {
    switch (fault) {
      case "first write":
        return replaced(file, { writeAll: () => fail })
      case "half a write":
        return replaced(file, { writeAll: (bytes) => Effect.andThen(file.writeAll(bytes.subarray(0, 100)), fail) })
      case "sync":
        return replaced(file, { sync: fail })
      default:
        return file
    }
  }
  return {
    ...real,
    rename: (from, to) => fault === "rename" ? fail : real.rename(from, to),
    open: (path, options) => {
      if (options?.flag !== "wx") return real.open(path, options)
      return fault === "open" ? fail : Effect.map(real.open(path, options), written)
    }
  }
}

/**
 * Seals and opens files of any size, under a key that is kept in a folder beside them.
 *
 *     deno run --allow-read=. --allow-write=. seal.ts seal report.pdf report.sealed
 *     deno run --allow-read=. --allow-write=. seal.ts open report.sealed report.pdf
 */
import { type OpenKms, openKms } from "@keystead/runtime-deno/OpenKms"
import { decryptStream, encryptStream } from "@keystead/runtime-deno/SealStreams"

const KeyId = "alias/files"
/** Goes with every file, readable to all: what is sealed for this purpose opens for no other. */
const EncryptionContext = { purpose: "examples/deno-script" }

/** The key, made when it is needed for the first time. */
const needKey = async (kms: OpenKms): Promise<void> => {
  const { Aliases = [] } = await kms.listAliases()
  if (Aliases.some(({ AliasName }) => AliasName === KeyId)) return
  const { KeyMetadata } = await kms.createKey({ Description: "Seals files" })
  await kms.createAlias({ AliasName: KeyId, TargetKeyId: KeyMetadata?.KeyId ?? "" })
}

/** Writes a file through a stream. It has its name only once it is complete: before, nobody should trust it. */
const convert = async (from: string, to: string, through: TransformStream<Uint8Array, Uint8Array>): Promise<void> => {
  const part = `${to}.part`
  try {
    const [source, target] = [await Deno.open(from), await Deno.create(part)]
    await source.readable.pipeThrough(through).pipeTo(target.writable)
    await Deno.rename(part, to)
  } catch (error) {
    await Deno.remove(part).catch(() => undefined)
    throw error
  }
}

const [command, from, to] = Deno.args
if ((command !== "seal" && command !== "open") || from === undefined || to === undefined) {
  console.error("Say: seal FROM TO, or: open FROM TO")
  Deno.exit(2)
}

await using kms = await openKms({ directory: "keys/store" })
if (command === "seal") {
  await needKey(kms)
  await convert(from, to, encryptStream(kms, { KeyId, EncryptionContext }))
} else {
  await convert(from, to, decryptStream(kms, { EncryptionContext }))
}
console.log(`${from} -> ${to}`)

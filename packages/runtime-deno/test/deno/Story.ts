/**
 * A program whose permissions are tested: makes a key in a store, seals and opens with it, in two openings, and prints `ok`, or
 * the error that it ran into.
 */
import { openKms, type OpenKmsOptions } from "@keystead/runtime-deno/OpenKms"
import { decryptStream, encryptStream } from "@keystead/runtime-deno/SealStreams"

const options: OpenKmsOptions = JSON.parse(Deno.args[0] ?? "{}")

const story = async () => {
  const plaintext = new Uint8Array(200_000).fill(7)
  await using kms = await openKms(options)
  const { KeyMetadata } = await kms.createKey()
  const KeyId = KeyMetadata?.KeyId ?? ""
  const opened = new Blob([plaintext]).stream()
    .pipeThrough(encryptStream(kms, { KeyId }))
    .pipeThrough(decryptStream(kms))
  let length = 0
  for await (const bytes of opened) length += bytes.length
  const { CiphertextBlob } = await kms.encrypt({ KeyId, Plaintext: new Uint8Array([1]) })
  await kms.close()
  if (options.directory !== undefined || options.kv !== undefined) {
    await using again = await openKms(options)
    await again.decrypt({ CiphertextBlob })
  }
  return length === plaintext.length
}

try {
  console.log(await story() ? "ok" : "lost")
} catch (error) {
  console.log(
    JSON.stringify({ tag: Reflect.get(Object(error), "_tag"), message: Reflect.get(Object(error), "message") })
  )
}

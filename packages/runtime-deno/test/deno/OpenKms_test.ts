/** Keystead in Deno: in memory, in a folder, in a Deno KV; its root keys, and what it does not leave running. */
import { type OpenKms, openKms, type OpenKmsOptions } from "@keystead/runtime-deno/OpenKms"
import { decryptStream, encryptStream } from "@keystead/runtime-deno/SealStreams"
import { deepStrictEqual, match, notDeepStrictEqual, ok, rejects, strictEqual } from "node:assert/strict"

const [folder = ""] = Deno.args
const home = (): string => Deno.makeTempDirSync({ dir: folder })
const Plaintext = new TextEncoder().encode("attack at dawn")
const EncryptionContext = { department: "pay" }

const fill = async (options: OpenKmsOptions) => {
  await using kms = await openKms(options)
  const { KeyMetadata } = await kms.createKey()
  await kms.createAlias({ AliasName: "alias/payroll", TargetKeyId: KeyMetadata?.KeyId ?? "" })
  return (await kms.encrypt({ KeyId: "alias/payroll", Plaintext, EncryptionContext })).CiphertextBlob
}

const opens = async (options: OpenKmsOptions, CiphertextBlob: Uint8Array | undefined) => {
  await using kms = await openKms(options)
  deepStrictEqual((await kms.decrypt({ CiphertextBlob, EncryptionContext })).Plaintext, Plaintext)
}

const places: Readonly<Record<string, () => OpenKmsOptions & { readonly kv?: string }>> = {
  "a folder": () => ({ directory: `${home()}/store` }),
  "a Deno KV in a file": () => ({ kv: `${home()}/store.kv` })
}

for (const [name, place] of Object.entries(places)) {
  Deno.test(`in ${name}, keys outlive their program, under a root key in a file beside it`, async () => {
    const options = place()
    const blob = await fill(options)
    await opens(options, blob)
    const { mode } = await Deno.stat(`${options.directory ?? options.kv}.rootkey`)
    strictEqual((mode ?? 0) & 0o777, 0o600)
  })

  Deno.test(`in ${name}, the root key becomes another, a file elsewhere, and what the program keeps itself`, async () => {
    let options = place()
    const blob = await fill(options)
    {
      await using kms = await openKms(options)
      ok((await kms.rewrap()).records > 1)
    }
    const own = options.kv === undefined ? { bytes: new Uint8Array(32).fill(1) } : { passphrase: "correct horse" }
    for (const rootKey of [{ file: `${home()}/key` }, own]) {
      const former = options
      {
        await using kms = await openKms(options)
        ok((await kms.rewrap(rootKey)).records > 1)
      }
      options = { ...options, rootKey }
      await opens(options, blob)
      await rejects(openKms(former), { _tag: "RootKeyError", reason: "Wrong" })
    }
  })
}

Deno.test("a Deno KV's file is its owner's alone, as long as it is open too, and its folder must be there", async () => {
  const kv = `${home()}/store.kv`
  await using kms = await openKms({ kv })
  await kms.createKey()
  for (const suffix of ["", "-wal", "-shm"]) strictEqual(((await Deno.stat(kv + suffix)).mode ?? 0) & 0o777, 0o600)
  await rejects(openKms({ kv: `${home()}/none/store.kv` }), { _tag: "StorageError", reason: "Unavailable" })
})

Deno.test("in a Deno KV of the program's own, everything is there, and the KV stays open", async () => {
  const kv = await Deno.openKv(`${home()}/store.kv`)
  try {
    await kv.set(["mine"], 1)
    const options = { kv, rootKey: { bytes: new Uint8Array(32).fill(7) } }
    const blob = await fill(options)
    await opens(options, blob)
    strictEqual((await kv.get(["mine"])).value, 1)
    await rejects(openKms({ kv }), { _tag: "RootKeyError", reason: "Missing" })
    await rejects(openKms({ kv, rootKey: { insideStore: true } }), { _tag: "RootKeyError", reason: "Missing" })
  } finally {
    kv.close()
  }
})

Deno.test("in a folder, the root key may be inside, and a program and another share the store", async () => {
  const options: OpenKmsOptions = { directory: `${home()}/store`, rootKey: { insideStore: true } }
  const blob = await fill(options)
  await using one = await openKms(options)
  await using other = await openKms(options)
  const { KeyMetadata } = await one.createKey()
  const described = await other.describeKey({ KeyId: KeyMetadata?.KeyId ?? "" })
  deepStrictEqual(described.KeyMetadata, KeyMetadata)
  await opens(options, blob)
})

Deno.test("in memory, every call is heard by the audit function, refused ones too", async () => {
  const heard: Array<string> = []
  await using kms = await openKms({
    audit: ({ errorCode, eventName }) => void heard.push(`${eventName} ${errorCode ?? "done"}`)
  })
  await kms.createKey()
  await rejects(kms.describeKey({ KeyId: "alias/none" }), { _tag: "NotFoundException" })
  deepStrictEqual(heard, ["CreateKey done", "DescribeKey NotFoundException"])
})

Deno.test("RSA, elliptic and post-quantum keys sign, and their signatures hold", async () => {
  await using kms = await openKms()
  for (
    const [KeySpec, SigningAlgorithm] of [
      ["RSA_2048", "RSASSA_PSS_SHA_256"],
      ["ECC_NIST_P256", "ECDSA_SHA_256"],
      ["ML_DSA_44", "ML_DSA_SHAKE_256"]
    ] as const
  ) {
    const { KeyMetadata } = await kms.createKey({ KeySpec, KeyUsage: "SIGN_VERIFY" })
    const KeyId = KeyMetadata?.KeyId ?? ""
    const { Signature = new Uint8Array() } = await kms.sign({ KeyId, Message: Plaintext, SigningAlgorithm })
    ok((await kms.verify({ KeyId, Message: Plaintext, Signature, SigningAlgorithm })).SignatureValid)
  }
})

const collect = async (stream: ReadableStream<Uint8Array>): Promise<Uint8Array> =>
  new Uint8Array(await new Response(stream as ReadableStream<Uint8Array<ArrayBuffer>>).arrayBuffer())

const sealed = async (kms: OpenKms, plaintext: Uint8Array<ArrayBuffer>): Promise<Uint8Array> =>
  collect(new Blob([plaintext]).stream().pipeThrough(encryptStream(kms, { KeyId: "alias/files", EncryptionContext })))

Deno.test("streams of any size are sealed and opened, and a changed one is refused", async () => {
  await using kms = await openKms()
  const { KeyMetadata } = await kms.createKey()
  await kms.createAlias({ AliasName: "alias/files", TargetKeyId: KeyMetadata?.KeyId ?? "" })
  for (const length of [0, 1, 100_000, 3_000_000]) {
    const plaintext = new Uint8Array(length).map((_, index) => index % 251)
    const message = await sealed(kms, plaintext)
    notDeepStrictEqual(message.slice(-length), plaintext)
    const open = (bytes: Uint8Array) =>
      collect(new Blob([Uint8Array.from(bytes)]).stream().pipeThrough(decryptStream(kms, { EncryptionContext })))
    deepStrictEqual(await open(message), plaintext)
    message.set([(message.at(-1) ?? 0) ^ 1], message.length - 1)
    await rejects(open(message))
  }
})

Deno.test("what is given twice is a mistake of the program", async () => {
  await rejects(openKms({ directory: `${folder}/a`, kv: `${folder}/b` }), (error: unknown) => {
    match(String(error), /in a directory or in a kv, not in both/)
    return true
  })
})

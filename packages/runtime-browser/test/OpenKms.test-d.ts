import type { grants } from "@keystead/core/groups/Grants"
import type { mac } from "@keystead/core/groups/Mac"
import type { symmetric } from "@keystead/core/groups/Symmetric"
import type { OpenKms, openKms } from "@keystead/runtime-browser/OpenKms"
import type { decryptStream, encryptStream } from "@keystead/runtime-browser/SealStreams"
import { describe, expectTypeOf, it } from "vitest"

declare const open: typeof openKms
declare const groups: { readonly symmetric: typeof symmetric; readonly mac: typeof mac; readonly grants: typeof grants }
declare const seal: typeof encryptStream
declare const unseal: typeof decryptStream

describe("openKms", () => {
  it("has the symmetric group's operations if nothing is said", () => {
    const kms = () => open({ database: "keys" })
    expectTypeOf<Awaited<ReturnType<typeof kms>>>().toEqualTypeOf<OpenKms>()
    expectTypeOf<OpenKms>().toHaveProperty("encrypt")
    expectTypeOf<OpenKms>().toHaveProperty("rewrap")
    expectTypeOf<OpenKms>().not.toHaveProperty("generateMac")
  })

  it("has those of the groups that are named, and no others", () => {
    const kms = () => open({ groups: [groups.symmetric, groups.mac] })
    type Kms = Awaited<ReturnType<typeof kms>>
    expectTypeOf<Kms>().toHaveProperty("encrypt")
    expectTypeOf<Kms>().toHaveProperty("generateMac")
    expectTypeOf<Kms>().not.toHaveProperty("createGrant")
    expectTypeOf<ReturnType<Kms["as"]>>().toHaveProperty("generateMac")
  })

  it("gives streams data keys, whatever else it has", () => {
    const streams = async () => {
      const kms = await open({ groups: [groups.symmetric, groups.grants] })
      return [seal(kms, { KeyId: "alias/files" }), unseal(kms)]
    }
    type Stream = Awaited<ReturnType<typeof streams>>[number]
    expectTypeOf<Stream>().toEqualTypeOf<TransformStream<Uint8Array, Uint8Array<ArrayBuffer>>>()
  })
})

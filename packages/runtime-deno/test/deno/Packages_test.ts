/** What other packages add to a Keystead in Deno: an endpoint for AWS's clients, attested replies, external keys. */
import * as Kms from "@keystead/core/Kms"
import { trustAll } from "@keystead/http/auth/Authenticate"
import { handler } from "@keystead/http/Handler"
import * as NitroRecipients from "@keystead/nitro/NitroRecipients"
import { layer } from "@keystead/runtime-deno/DenoKms"
import { openKms } from "@keystead/runtime-deno/OpenKms"
import * as XksProvider from "@keystead/xks/XksProvider"
import * as Effect from "effect/Effect"
import * as ManagedRuntime from "effect/ManagedRuntime"
import { match, rejects, strictEqual } from "node:assert/strict"

Deno.test("an endpoint answers requests as AWS KMS does", async () => {
  const runtime = ManagedRuntime.make(layer({ keyStores: XksProvider.layer() }))
  try {
    const kms = await runtime.runPromise(Kms.Kms)
    const serve = handler(kms, { authenticate: trustAll("111122223333", "eu-west-1") })
    const call = async (name: string, input: object): Promise<readonly [status: number, body: string]> => {
      const headers = { "content-type": "application/x-amz-json-1.1", "x-amz-target": `TrentService.${name}` }
      const request = new Request("http://localhost/", { method: "POST", headers, body: JSON.stringify(input) })
      const response = await serve(request)
      return [response.status, await response.text()]
    }
    const [made, text] = await call("CreateKey", {})
    strictEqual(made, 200)
    const [, id = ""] = /"KeyId":"([^"]+)"/.exec(text) ?? []
    match((await call("ListKeys", {}))[1], new RegExp(id))
    const [status, refusal] = await call("DescribeKey", { KeyId: "alias/none" })
    strictEqual(status, 400)
    match(refusal, /NotFoundException/)
    await Effect.runPromise(kms.maintain)
  } finally {
    await runtime.dispose()
  }
})

Deno.test("attestations are verified by who is given, and not without a root certificate", async () => {
  await rejects(openKms({ recipients: NitroRecipients.layer({ roots: [] }) }), { _tag: "RecipientsError" })
})

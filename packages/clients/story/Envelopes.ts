/** Messages of the AWS Encryption SDK and of Keystead's own envelopes, under the same KMS key. */
import { randomBytes } from "node:crypto"
import { ownEnvelopes } from "../clients/OwnEnvelopes.ts"
import type { Envelopes } from "../support/Client.ts"
import { check, given, same, type World } from "./World.ts"

const context = { stage: "test", größe: "zwölf" }

/** Nothing to tell where the client's envelopes are Keystead's own. */
export const envelopes = async (world: World): Promise<void> => {
  const { client, root } = world
  if (client.envelopes === ownEnvelopes) return
  const { KeyMetadata } = await root.call("CreateKey", {})
  const arn = given(KeyMetadata?.Arn, "a key ARN")
  const travels = async (from: Envelopes, to: Envelopes): Promise<void> => {
    for (const length of [0, 1, 4096, 150_001]) {
      const file = new Uint8Array(randomBytes(length))
      check(same(await to.open(root, await from.seal(root, arn, file, context)), file), `${length} bytes are the same`)
    }
  }
  await world.step("The client opens what Keystead's envelope sealed", () => travels(ownEnvelopes, client.envelopes))
  await world.step("Keystead's envelope opens what the client sealed", () => travels(client.envelopes, ownEnvelopes))
}

/** Who signs, and how: session credentials, wrong secrets, unknown keys, wrong clocks. */
import { keyPolicy } from "@keystead/core/authorization/KeyPolicy"
import { account, people, roleArn } from "../support/People.ts"
import { check, given, type World } from "./World.ts"

const hour = 60 * 60 * 1000

export const sessions = (world: World): Promise<void> =>
  world.step("Session credentials: with their token, without it, with another, too late", async () => {
    const Policy = keyPolicy({ account, administrators: [], users: [roleArn] })
    const { KeyMetadata } = await world.root.call("CreateKey", { Policy })
    const asked = { KeyId: given(KeyMetadata?.KeyId, "a key id"), NumberOfBytes: 32 }
    const { Plaintext } = await world.as(people.session).call("GenerateDataKey", asked)
    check(Plaintext?.length === 32, "the session gets a data key")
    const { sessionToken: _, ...bare } = people.session
    await world.refused(world.as(bare).call("GenerateDataKey", asked), "UnrecognizedClientException")
    const wrong = world.as(people.session, { sessionToken: "another" })
    await world.refused(wrong.call("GenerateDataKey", asked), "UnrecognizedClientException")
    await world.refused(world.as(people.pastSession).call("GenerateDataKey", asked), "ExpiredTokenException")
  })

export const wrongKeys = (world: World): Promise<void> =>
  world.step("A wrong secret, and an access key that nobody knows", async () => {
    const guessed = world.as(people.root, { secretAccessKey: people.eve.secretAccessKey })
    await world.refused(guessed.call("ListKeys", {}), "InvalidSignatureException")
    const unknown = world.as(people.root, { accessKeyId: "AKIANOBODYXXXXXXXXXX" })
    await world.refused(unknown.call("ListKeys", {}), "UnrecognizedClientException")
  })

export const clocks = (world: World): Promise<void> =>
  world.step("A clock that is an hour off is refused; one that is a minute off is not", async () => {
    for (const skew of [-hour, hour]) {
      const before = world.exchanges?.length ?? 0
      const caller = world.as(people.root, { skew })
      if (world.client.correctsClock) {
        // The SDK tries again by itself if it was late, and not if it was early.
        await caller.call("ListKeys", {}).catch(() => undefined)
        check((await caller.call("ListKeys", {})).Keys !== undefined, "the client sets its clock by the reply's Date")
        const statuses = world.exchanges?.slice(before).map(({ status }) => status)
        check(
          statuses?.[0] === 400 && statuses.at(-1) === 200,
          `it is refused, then answered, and not ${statuses?.join()}`
        )
      } else {
        await world.refused(caller.call("ListKeys", {}), "InvalidSignatureException")
      }
    }
    const minute = world.as(people.root, { skew: hour / 60 })
    check((await minute.call("ListKeys", {})).Keys !== undefined, "a minute is forgiven")
  })

/**
 * `npm run test:clients [-- CLIENT…]`: the story of a KMS key, told through AWS's own clients, each on a `keystead serve`
 * of its own. It prints a table client × step, and ends with the line `N passed, N failed, N skipped`.
 */
import { awsCommand } from "./clients/AwsCommand.ts"
import { boto3 } from "./clients/Boto3.ts"
import { encryptionSdk } from "./clients/EncryptionSdk.ts"
import { sdkOverHttp } from "./clients/SdkOverHttp.ts"
import { envelopes } from "./story/Envelopes.ts"
import * as Keys from "./story/Keys.ts"
import { keyStory } from "./story/KeyStory.ts"
import * as Management from "./story/Management.ts"
import * as Signing from "./story/Signing.ts"
import type { Chapter, World } from "./story/World.ts"
import { type Column, inProcess, overHttp } from "./support/Columns.ts"
import { python } from "./support/Python.ts"
import { count, failures, table } from "./support/Table.ts"

const chapters: ReadonlyArray<Chapter> = [
  keyStory,
  Management.aliases,
  Management.tags,
  Management.policies,
  Management.pages,
  Management.rotation,
  Management.wrongRequests,
  Keys.pairs,
  Keys.macs,
  Keys.signatures,
  Keys.rsa,
  Keys.postQuantum,
  Keys.imported,
  Keys.grants,
  Keys.regions,
  Keys.multiRegion,
  envelopes,
  Signing.sessions,
  Signing.wrongKeys,
  Signing.clocks
]

const tell = async (world: World): Promise<void> => {
  for (const chapter of chapters) await world.tell(chapter)
  if (world.exchanges === undefined) return
  await world.tell((world) =>
    world.step("Every reply has its id and its media type", async () => world.checkExchanges())
  )
}

const installed = await python()
const columns: ReadonlyArray<readonly [name: string, column: Column]> = [
  ["aws", overHttp((endpoint) => awsCommand(endpoint, installed))],
  ["boto3", overHttp((endpoint) => boto3(endpoint, installed))],
  ["client-kms", overHttp(sdkOverHttp)],
  ["client-node", overHttp(encryptionSdk)],
  ["in-process", inProcess]
]

const asked = process.argv.slice(2)
const unknown = asked.filter((name) => !columns.some(([known]) => known === name))
if (unknown.length > 0) {
  console.error(
    `There is no client ${unknown.join(", ")}. The clients are ${columns.map(([name]) => name).join(", ")}.`
  )
  process.exit(2)
}

// All at once: most of their time is that of starting `aws`.
const worlds = await Promise.all(
  columns.filter(([name]) => asked.length === 0 || asked.includes(name)).map(([, column]) => column(tell))
)
for (const failure of failures(worlds)) console.log(`${failure}\n`)
console.log(`\n${table(worlds)}\n`)
const [passed, failed] = [count(worlds, "passed"), count(worlds, "failed")]
console.log(`${passed} passed, ${failed} failed, 0 skipped`)
if (failed > 0 || passed === 0) process.exitCode = 1

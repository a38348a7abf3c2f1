/**
 * `npm run test:clients [-- CLIENT…]`: the story of a KMS key, told through AWS's own clients, each on a `keystead serve`
 * of its own. It prints a table client × step, runs the snippets of docs/guides/aws-emulator.md, and ends with the line
 * `N passed, N failed, N skipped`.
 */
import { awsCommand } from "./clients/AwsCommand.ts"
import { boto3 } from "./clients/Boto3.ts"
import { encryptionSdk } from "./clients/EncryptionSdk.ts"
import { sdkOverHttp } from "./clients/SdkOverHttp.ts"
import { guide } from "./guide/Guide.ts"
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

/** What the guide tells people to run: not a client, but run by its name as they are. */
const theGuide = "guide"

const asked = process.argv.slice(2)
const unknown = asked.filter((name) => name !== theGuide && !columns.some(([known]) => known === name))
if (unknown.length > 0) {
  console.error(
    `There is no client ${unknown.join(", ")}. There are ${columns.map(([name]) => name).join(", ")}, and ${theGuide}.`
  )
  process.exit(2)
}

// All at once: most of their time is that of starting `aws`.
const worlds = await Promise.all(
  columns.filter(([name]) => asked.length === 0 || asked.includes(name)).map(([, column]) => column(tell))
)
for (const failure of failures(worlds)) console.log(`${failure}\n`)
if (worlds.length > 0) console.log(`\n${table(worlds)}\n`)

const ran = asked.length === 0 || asked.includes(theGuide) ? await guide(installed) : []
for (const { command, problem } of ran) {
  console.log(`  ${problem === undefined ? "✓" : "✗"} docs/guides/aws-emulator.md: ${command.split("\n")[0]}`)
  if (problem !== undefined) console.log(problem)
}
const broken = ran.filter(({ problem }) => problem !== undefined).length
const [passed, failed] = [count(worlds, "passed") + ran.length - broken, count(worlds, "failed") + broken]
console.log(`${passed} passed, ${failed} failed, 0 skipped`)
if (failed > 0 || passed === 0) process.exitCode = 1

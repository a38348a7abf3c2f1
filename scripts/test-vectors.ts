/**
 * `npm run test:vectors -- DIR`: runs every layer of the Crypto service against the Wycheproof files in DIR.
 *
 * It says for each file and layer how many tests passed, failed and were skipped, and why they were skipped. The last
 * line is `N passed, N failed, N skipped`; the exit code is 1 if any failed or none ran, 2 for a wrong command line.
 */
import type { Crypto } from "@keystead/core/crypto/Crypto"
import * as Noble from "@keystead/core/crypto/Noble"
import { insecureSeeded } from "@keystead/core/crypto/SeededRandom"
import * as NodeCrypto from "@keystead/runtime-node/NodeCrypto"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import type * as Layer from "effect/Layer"
import { readdirSync } from "node:fs"
import { join } from "node:path"
import { type Primitive, primitives } from "./vectors/Primitives.ts"
import { type File, read, type Test } from "./vectors/WycheproofFile.ts"

const layers: ReadonlyArray<readonly [string, Layer.Layer<Crypto>]> = [
  ["noble", Noble.layer(insecureSeeded("test-vectors"))],
  ["node:crypto", NodeCrypto.layer]
]

interface Tally {
  passed: number
  failed: number
  skipped: number
}

const passes = (primitive: Primitive, test: Test, layer: Layer.Layer<Crypto>): boolean => {
  const exit = Effect.runSyncExit(Effect.provide(primitive.accepts(test), layer))
  const accepted = Exit.isSuccess(exit) && exit.value
  return test.result === "acceptable" || accepted === (test.result === "valid")
}

const runFile = (name: string, file: File, primitive: Primitive, layer: (typeof layers)[number]): Tally => {
  const tally: Tally = { passed: 0, failed: 0, skipped: 0 }
  const reasons = new Map<string, number>()
  for (const group of file.testGroups) {
    const reason = primitive.skip(group)
    if (reason !== undefined) {
      tally.skipped += group.tests.length
      reasons.set(reason, (reasons.get(reason) ?? 0) + group.tests.length)
      continue
    }
    for (const test of group.tests) {
      const passed = passes(primitive, test, layer[1])
      tally[passed ? "passed" : "failed"] += 1
      if (!passed) console.log(`${name}, ${layer[0]}: test ${test.tcId} (${test.comment}) should be ${test.result}`)
    }
  }
  const why = [...reasons].map(([reason, count]) => `${count} because ${reason}`).join(", ")
  const counts = `${tally.passed} passed, ${tally.failed} failed, ${tally.skipped} skipped`
  console.log(`${name}, ${layer[0]}: ${counts}${why === "" ? "" : ` (${why})`}`)
  return tally
}

const runFolder = (folder: string): Tally => {
  const total: Tally = { passed: 0, failed: 0, skipped: 0 }
  for (const name of readdirSync(folder).filter((name) => name.endsWith("_test.json")).toSorted()) {
    const file = read(join(folder, name))
    const primitive = primitives.get(file.algorithm)
    if (primitive === undefined) {
      total.skipped += file.testGroups.reduce((sum, group) => sum + group.tests.length, 0)
      console.log(`${name}: all skipped, the Crypto service has no ${file.algorithm}`)
      continue
    }
    for (const layer of layers) {
      const { passed, failed, skipped } = runFile(name, file, primitive, layer)
      total.passed += passed
      total.failed += failed
      total.skipped += skipped
    }
  }
  return total
}

const folder = process.argv[2]
if (folder === undefined) {
  console.error("Say where the Wycheproof files are: npm run test:vectors -- DIR")
  process.exitCode = 2
} else {
  const { passed, failed, skipped } = runFolder(folder)
  if (passed === 0) console.error(`No test of ${folder} ran: is it a folder of Wycheproof files?`)
  console.log(`${passed} passed, ${failed} failed, ${skipped} skipped`)
  if (failed > 0 || passed === 0) process.exitCode = 1
}

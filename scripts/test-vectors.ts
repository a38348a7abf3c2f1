/**
 * `npm run test:vectors -- DIR`: runs every layer of the Crypto service, and every kind of key that it has, against the
 * Wycheproof files in DIR.
 *
 * It says for each file and layer how many tests passed, failed and were skipped, and why they were skipped. The last
 * line is `N passed, N failed, N skipped`; the exit code is 1 if any failed or none ran, 2 for a wrong command line.
 */
import { Crypto } from "@keystead/core/crypto/Crypto"
import type { KeyKind } from "@keystead/core/crypto/KeyKind"
import { edwardsKinds } from "@keystead/core/crypto/kinds/Edwards"
import { ellipticKinds } from "@keystead/core/crypto/kinds/Elliptic"
import { hmacKinds } from "@keystead/core/crypto/kinds/Hmac"
import { mlDsaKinds } from "@keystead/core/crypto/kinds/MlDsa"
import { mlKemKinds } from "@keystead/core/crypto/kinds/MlKem"
import * as Noble from "@keystead/core/crypto/Noble"
import { nodeKinds } from "@keystead/runtime-node/kinds/NodeKinds"
import * as NodeCrypto from "@keystead/runtime-node/NodeCrypto"
import { webKinds } from "@keystead/webcrypto/kinds/WebKinds"
import { subtleAesGcm } from "@keystead/webcrypto/SubtleAesGcm"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Layer from "effect/Layer"
import { readdirSync } from "node:fs"
import { join } from "node:path"
import { type KindTests, kindTests } from "./vectors/KeyKinds.ts"
import { type Primitive, primitives } from "./vectors/Primitives.ts"
import { type File, type Group, read, type Test } from "./vectors/WycheproofFile.ts"

interface Host {
  readonly name: string
  readonly layer: (randomBytes: Noble.RandomSource) => Layer.Layer<Crypto>
  readonly kinds: ReadonlyArray<KeyKind>
}

/** SubtleCrypto for what is in WebCrypto's layer, of every size: the vectors are too small to get to it there. */
const subtleLayer: Host["layer"] = (randomBytes) =>
  Layer.succeed(Crypto, {
    ...Noble.make(randomBytes),
    aesGcm: (key) => Effect.sync(() => subtleAesGcm(crypto.subtle, key))
  })

const hosts: ReadonlyArray<Host> = [
  {
    name: "noble",
    layer: Noble.layer,
    kinds: [...ellipticKinds, ...edwardsKinds, ...hmacKinds, ...mlDsaKinds, ...mlKemKinds]
  },
  { name: "node:crypto", layer: NodeCrypto.layerWith, kinds: nodeKinds },
  { name: "WebCrypto", layer: subtleLayer, kinds: webKinds }
]

/**
 * A test made ready for a host: a program that says whether it accepts, or why there is none; undefined where the host has
 * no keys of that spec of its own, and so nothing to be tested.
 */
type Trial = { readonly run: Effect.Effect<boolean, unknown> } | { readonly skip: string } | undefined
type Trials = (group: Group, test: Test, host: Host) => Trial

/** The bytes over and over: random bytes as a test wants them, or as good as any. */
const repeating = (bytes: Uint8Array): Noble.RandomSource => (length) =>
  Uint8Array.from({ length }, (_, at) => bytes[at % bytes.length] ?? 0)

const someBytes = Uint8Array.of(1, 2, 3, 5, 7, 11, 13)

const ofPrimitive = ({ accepts, skip }: Primitive): Trials => (group, test, { layer }) => {
  const reason = skip(group, test)
  return reason === undefined
    ? { run: Effect.provide(accepts(test), layer(repeating(someBytes))) }
    : { skip: reason }
}

const ofKind = ({ accepts, random, spec }: KindTests): Trials => (group, test, { kinds, layer }) => {
  const offer = spec(group, test)
  if ("skip" in offer) return offer
  const kind = kinds.find(({ keySpec }) => keySpec === offer.keySpec)
  if (kind === undefined) return undefined
  return { run: Effect.provide(accepts(kind, group, test), layer(repeating(random?.(test) ?? someBytes))) }
}

interface Tally {
  passed: number
  failed: number
  skipped: number
}

const passes = async (test: Test, program: Effect.Effect<boolean, unknown>): Promise<boolean> => {
  const exit = await Effect.runPromiseExit(Effect.suspend(() => program))
  const accepted = Exit.isSuccess(exit) && exit.value
  return test.result === "acceptable" || accepted === (test.result === "valid")
}

const runFile = async (name: string, file: File, trials: Trials, host: Host): Promise<Tally> => {
  const tally: Tally = { passed: 0, failed: 0, skipped: 0 }
  const reasons = new Map<string, number>()
  let withoutKind = 0
  for (const group of file.testGroups) {
    for (const test of group.tests) {
      const trial = trials(group, test, host)
      if (trial === undefined) {
        withoutKind += 1
        continue
      }
      if ("skip" in trial) {
        tally.skipped += 1
        reasons.set(trial.skip, (reasons.get(trial.skip) ?? 0) + 1)
        continue
      }
      const passed = await passes(test, trial.run)
      tally[passed ? "passed" : "failed"] += 1
      if (!passed) console.log(`${name}: test ${test.tcId} (${test.comment}) should be ${test.result}`)
    }
  }
  // The host has nothing that this file is about.
  if (withoutKind > 0 && tally.passed + tally.failed === 0) return { passed: 0, failed: 0, skipped: 0 }
  const why = [...reasons].map(([reason, count]) => `${count} because ${reason}`).join(", ")
  const counts = `${tally.passed} passed, ${tally.failed} failed, ${tally.skipped} skipped`
  console.log(`${name}: ${counts}${why === "" ? "" : ` (${why})`}`)
  return tally
}

/** What is tested by the files of an algorithm: its name, and how. */
const tested = (algorithm: string): ReadonlyArray<readonly [string, Trials]> => {
  const [primitive, kind] = [primitives.get(algorithm), kindTests.get(algorithm)]
  return [
    ...(primitive === undefined ? [] : [[primitive.name, ofPrimitive(primitive)] as const]),
    ...(kind === undefined ? [] : [["keys", ofKind(kind)] as const])
  ]
}

const runFolder = async (folder: string): Promise<Tally> => {
  const total: Tally = { passed: 0, failed: 0, skipped: 0 }
  for (const name of readdirSync(folder).filter((name) => name.endsWith("_test.json")).toSorted()) {
    const file = read(join(folder, name))
    const all = tested(file.algorithm)
    if (all.length === 0) {
      total.skipped += file.testGroups.reduce((sum, group) => sum + group.tests.length, 0)
      console.log(`${name}: all skipped, there is no ${file.algorithm}`)
    }
    for (const [what, trials] of all) {
      for (const host of hosts) {
        const { passed, failed, skipped } = await runFile(`${name}, ${host.name}, ${what}`, file, trials, host)
        total.passed += passed
        total.failed += failed
        total.skipped += skipped
      }
    }
  }
  return total
}

const folder = process.argv[2]
if (folder === undefined) {
  console.error("Say where the Wycheproof files are: npm run test:vectors -- DIR")
  process.exitCode = 2
} else {
  const { passed, failed, skipped } = await runFolder(folder)
  if (passed === 0) console.error(`No test of ${folder} ran: is it a folder of Wycheproof files?`)
  console.log(`${passed} passed, ${failed} failed, ${skipped} skipped`)
  if (failed > 0 || passed === 0) process.exitCode = 1
}

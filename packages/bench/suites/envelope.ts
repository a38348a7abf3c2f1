/** Envelope encryption against the bare cipher, and against AWS's own library for the same format. */
import { fork } from "node:child_process"
import { once } from "node:events"
import { mkdtempSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { measure, nanoseconds, type Samples, timesFaster } from "../framework/Measure.ts"
import { atLeast, atMost, type Result } from "../framework/Result.ts"
import type { Suite } from "../framework/Suite.ts"
import { pieceLength, totalLength } from "../support/Pieces.ts"
import { start, type Worker } from "../support/Worker.ts"

interface Workers {
  readonly keystead: Worker
  readonly aws: Worker
}

type Target = Result["target"]

/** A figure, and its ratio to another's in the same run. */
const result = (
  samples: Samples,
  name: string,
  amount: number,
  unit: string,
  against?: string,
  target?: Target
): Result => ({
  name: against === undefined ? name : `${name}, against ${against}`,
  value: amount / (nanoseconds(samples, name) / 1e9),
  unit,
  against: against ?? null,
  ratio: against === undefined ? null : timesFaster(samples, name, against),
  target: target ?? null
})

/** Long enough for several runs, between which nothing else runs. */
const effort = { rounds: 9, sample: 400 }

const large = async (verb: string, { aws, keystead }: Workers): Promise<ReadonlyArray<Result>> => {
  const own = `${verb} 256 MiB`
  const [bare, bytes, sdk] = [`${own}, bare`, `${own}, bare, key as bytes`, `${own}, client-node`]
  const samples = await measure([
    keystead.contender(bare, `${verb} large, bare`),
    keystead.contender(bytes, `${verb} large, bare, bytes`),
    keystead.contender(own, `${verb} large`),
    aws.contender(sdk, `${verb} large`)
  ], effort)
  const figure = (name: string, against?: string, target?: Target) =>
    result(samples, name, totalLength / 2 ** 20, "MiB/s", against, target)
  return [
    figure(bare, sdk),
    figure(bytes, sdk),
    figure(sdk),
    figure(own, bare, atLeast(0.85)),
    figure(own, sdk, atLeast(3))
  ]
}

const small = async (verb: string, { aws, keystead }: Workers): Promise<ReadonlyArray<Result>> => {
  const own = `${verb} 1 KiB`
  const [bare, sdk] = [`${own}, bare`, `${own}, client-node`]
  const samples = await measure([
    keystead.contender(bare, `${verb} small, bare`),
    keystead.contender(own, `${verb} small`),
    aws.contender(sdk, `${verb} small`)
  ])
  const figure = (name: string, against?: string, target?: Target) =>
    result(samples, name, 1, "messages/s", against, target)
  return [
    figure(bare, sdk),
    figure(sdk),
    figure(own, bare),
    figure(own, sdk, atLeast(10))
  ]
}

const memoryOf = async (verb: string, file: string): Promise<Result> => {
  const child = fork(new URL("../support/Memory.ts", import.meta.url), [verb, file])
  const [value] = await once(child, "message")
  return { name: `${verb} 256 MiB, peak memory`, value, unit: "MiB", against: null, ratio: null, target: atMost(100) }
}

const memory = async (): Promise<ReadonlyArray<Result>> => {
  const folder = mkdtempSync(join(tmpdir(), "keystead-bench-"))
  try {
    const file = join(folder, "message")
    return [await memoryOf("seal", file), await memoryOf("open", file)]
  } finally {
    rmSync(folder, { recursive: true })
  }
}

const run = async (): Promise<ReadonlyArray<Result>> => {
  const workers = { keystead: start("./KeysteadTasks.ts"), aws: start("./AwsTasks.ts") }
  try {
    const results: Array<Result> = []
    for (const verb of ["seal", "open"]) results.push(...await large(verb, workers))
    for (const verb of ["seal", "open"]) results.push(...await small(verb, workers))
    return [...results, ...await memory()]
  } finally {
    workers.keystead.end()
    workers.aws.end()
  }
}

export const suite: Suite = {
  title: "Envelope encryption",
  about: [
    `256 MiB go through streams in pieces of ${
      pieceLength / 1024
    } KiB, with the default frames of 64 KiB. *Bare* is a loop `
    + "of `createCipheriv` or `createDecipheriv` over the same frames: the same nonces, additional data and tags, under a "
    + "key object (Node starts a cipher from one faster than from bytes, whose figure stands beside it), and nothing else.",
    "*client-node* is `@aws-crypto/client-node` with the same suite and frame length, in a process of its own. Messages of "
    + "1 KiB are sealed and opened in memory, one after the other; on both sides each has a data key of its own, wrapped "
    + "with AES-GCM under a key in memory (there: the raw AES keyring). *Bare* is the cryptography of such a message and "
    + "nothing else: what `node:crypto` could do at most against client-node.",
    "Peak memory is that of a process which seals 256 MiB into a file, or opens them from there into another, beyond what "
    + "it had when all was loaded. Like the `keystead` command, it gives the memory of a piece back when that is written: "
    + "`release` of runtime-node."
  ],
  run
}

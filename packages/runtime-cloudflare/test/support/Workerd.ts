/** Runs the Worker in workerd, Cloudflare's own runtime, as miniflare starts it. */
import { KMS } from "@aws-sdk/client-kms"
import { bundle } from "@keystead/testbed/Bundle"
import { Miniflare } from "miniflare"
import { existsSync, mkdtempSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import type { Readable } from "node:stream"

/** The root key of the tests, as a secret. */
export const rootKey = Buffer.alloc(32, 7).toString("base64")

/** The only access key: that of the account's root. */
export const credentials = {
  accessKeyId: "AKIAIOSFODNN7EXAMPLE",
  secretAccessKey: "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY"
}

/** It, as a secret, and one of a user. */
export const accessKeys = JSON.stringify({
  accessKeys: [
    { ...credentials, principal: "arn:aws:iam::111122223333:root" },
    {
      ...credentials,
      accessKeyId: "AKIAI44QH8DHBEXAMPLE",
      principal: "arn:aws:iam::444455556666:user/ada",
      identityPolicies: [{
        Version: "2012-10-17",
        Statement: [{ Effect: "Allow", Action: "kms:ListRetirableGrants", Resource: "*" }]
      }]
    }
  ]
})

/** A new folder, which the caller removes. */
export const makeFolder = (): string =>
  mkdtempSync(join(existsSync("/dev/shm") ? "/dev/shm" : tmpdir(), "keystead-cloudflare-"))

/** How to start it. */
export interface Setup {
  /** Where the objects are kept; in memory, if nowhere. */
  readonly folder?: string
  readonly bindings: Record<string, unknown>
  /** The Worker; that of `Worker.ts`, if none is given. */
  readonly contents?: string
}

let bundled: Promise<string> | undefined
const script = () => bundled ??= bundle(join(import.meta.dirname, "Worker.ts"), "workerd")

/** A running workerd. */
export interface Workerd {
  readonly url: URL
  /** What the Worker's `/test/…` answers; rejects with what it failed with. */
  readonly test: (path: string) => Promise<unknown>
  /** A client, of the account's root if no other access key is named. */
  readonly kms: (region?: string, accessKeyId?: string) => KMS
  /** Kills it. */
  readonly stop: () => Promise<void>
}

const answerOf = async (reply: Response): Promise<unknown> => {
  const answer: unknown = await reply.json()
  if (reply.ok) return answer
  throw Object.assign(new Error(String(Object(answer).message)), answer)
}

/** Starts it, on a port of its own on loopback. */
export const start = async ({ bindings, contents, folder }: Setup): Promise<Workerd> => {
  const miniflare = new Miniflare({
    modules: [{ type: "ESModule", path: "worker.mjs", contents: contents ?? await script() }],
    compatibilityDate: "2026-07-01",
    durableObjects: { KEYSTEAD: { className: "KeysteadObject", useSQLite: true } },
    d1Databases: { D1: "d1" },
    ...(folder === undefined ? {} : { durableObjectsPersist: folder }),
    // What it logs is not what is tested.
    handleRuntimeStdio: (stdout: Readable, stderr: Readable) => {
      stdout.resume()
      stderr.resume()
    },
    bindings: JSON.parse(JSON.stringify(bindings))
  })
  const url = await miniflare.ready
  let stopped: Promise<void> | undefined
  return {
    url,
    test: async (path) => answerOf(await fetch(new URL(`/test/${path}`, url))),
    kms: (region = "eu-west-1", accessKeyId = credentials.accessKeyId) =>
      new KMS({ endpoint: url.href, region, credentials: { ...credentials, accessKeyId }, maxAttempts: 1 }),
    stop: () => stopped ??= miniflare.dispose()
  }
}

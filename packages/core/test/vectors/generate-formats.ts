/**
 * `node packages/core/test/vectors/generate-formats.ts`: writes formats.json anew.
 *
 * The file changes only if a format does, and then what is stored and encrypted could not be read any more: a change
 * here is a mistake, or a new version of the format with vectors of its own.
 */
import * as Effect from "effect/Effect"
import { writeFileSync } from "node:fs"
import { formatVectors } from "./FormatCases.ts"

const vectors = await Effect.runPromise(formatVectors())

writeFileSync(new URL("formats.json", import.meta.url), `${JSON.stringify(vectors, null, 2)}\n`)

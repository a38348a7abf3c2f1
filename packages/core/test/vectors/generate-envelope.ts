/**
 * `node packages/core/test/vectors/generate-envelope.ts`: writes envelope.json anew.
 *
 * The file changes only if the format does, and then old messages would not open any more: a change here is a mistake,
 * or a new version of the format with vectors of its own.
 */
import { writeFileSync } from "node:fs"
import { refusals, vectors } from "../envelope/VectorCases.ts"

const made = vectors()
const file = {
  about:
    "Messages of the AWS Encryption SDK format, version 2, algorithm suite 0x0478. docs/formats-envelope.md explains.",
  vectors: made,
  refusals: refusals(made)
}

writeFileSync(new URL("envelope.json", import.meta.url), `${JSON.stringify(file, null, 2)}\n`)

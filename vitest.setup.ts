/**
 * Properties try the same examples in every run, so that a run says something about the change that it tests: what it
 * refuses, it refuses again. `npm run test:explore` tries others; a failure there prints the seed that makes it again.
 */
import fc from "fast-check"

const given = process.env["KEYSTEAD_SEED"] ?? "5"

if (given !== "random") fc.configureGlobal({ seed: Number(given) })

/** `npm run build:worker`: writes the script of the worker that computes Argon2id into the sources of runtime-browser. */
import { writeFile } from "node:fs/promises"
import { argon2idScriptModule, argon2idScriptPath } from "./argon2id-worker.ts"

await writeFile(argon2idScriptPath, await argon2idScriptModule())

/** `npm run build:worker`: writes the script of the worker that computes Argon2id into the sources of runtime-browser. */
import { mkdir, writeFile } from "node:fs/promises"
import { dirname } from "node:path"
import { argon2idScriptModule, argon2idScriptPath } from "./argon2id-worker.ts"

await mkdir(dirname(argon2idScriptPath), { recursive: true })
await writeFile(argon2idScriptPath, await argon2idScriptModule())

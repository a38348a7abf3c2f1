/** The writer that is killed, over a Deno KV in a file. */
import { writeForEver } from "../../../core/test/support/KillWriter.ts"
import { open } from "./Support.ts"

const [, file = "", name = "", first = "0"] = Deno.args

writeForEver(open(file), name, Number(first))

/** The program in Deno. */
import { answer, web } from "./Program.ts"

process.stdout.write(await answer(web, process.argv[2] ?? ""))

/** The program in a page, whose tests call `answer`. */
import { answer, web } from "./Program.ts"

Object.assign(globalThis, { answer: (request: string) => answer(web, request) })

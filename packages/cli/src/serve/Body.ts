/** Bodies of requests, read whole, within bounds. */
import { longestBody, tooLong } from "@keystead/http/Incoming"
import { type Refused, refused } from "@keystead/http/Refused"
import type { IncomingMessage } from "node:http"

/** So much of a body that is too long is read over: its sender hears why only when it has said all. */
const patience = 8 * longestBody

/** All bodies that are being read may take so much memory together: 256 MiB. */
const mostMemory = 256 * 1024 * 1024

/** The client went away while it was sending. There is nobody to reply to. */
export class Gone extends Error {
  override readonly name = "Gone"
}

const nothing = new Uint8Array(0)

const joined = (pieces: ReadonlyArray<Buffer>, length: number): Uint8Array => {
  const [first = nothing] = pieces
  return pieces.length === 1 ? first : Buffer.concat(pieces, length)
}

/** A function that reads bodies. It rejects with Refused or Gone. */
export const reader = () => {
  let held = 0

  return (request: IncomingMessage): Promise<Uint8Array> =>
    new Promise((resolve, reject) => {
      const pieces: Array<Buffer> = []
      let length = 0
      let kept = 0
      let problem: Refused | undefined

      const letGo = () => {
        held -= kept
        kept = 0
      }
      const refuse = (why: Refused) => {
        problem ??= why
        letGo()
        pieces.length = 0
        if (length > patience) reject(problem)
      }
      if (Number(request.headers["content-length"]) > patience) return reject(tooLong())
      request.on("data", (piece: Buffer) => {
        length += piece.length
        if (length > longestBody) return refuse(tooLong())
        if (problem !== undefined) return
        if (held + piece.length > mostMemory) return refuse(refused("ThrottlingException", "Rate exceeded"))
        held += piece.length
        kept += piece.length
        pieces.push(piece)
      })
      request.once("end", () => {
        letGo()
        if (problem === undefined) resolve(joined(pieces, length))
        else reject(problem)
      })
      request.once("close", () => {
        letGo()
        // An error costs what nobody needs to pay who has the whole body.
        if (!request.readableEnded) reject(new Gone())
      })
      // What is wrong shows as the end of the connection.
      request.on("error", () => {})
    })
}

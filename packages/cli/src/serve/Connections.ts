/** The open connections of a server, and what goes on on each. */
import type { ServerResponse } from "node:http"
import type { Server, Socket } from "node:net"

/** The connections. */
export interface Connections {
  /** Notes that a reply is due. */
  readonly begin: (response: ServerResponse) => void
  /** Whether a reply has begun on this connection, and is not done. */
  readonly replying: (socket: Socket) => boolean
  /** Closes those on which no reply is due. */
  readonly closeIdle: () => void
  /** Closes all. */
  readonly closeAll: () => void
}

/** Follows the connections of a server from now on; those of TLS when they speak. */
export const of = (server: Server, opened: "connection" | "secureConnection"): Connections => {
  const sockets = new Map<Socket, Set<ServerResponse>>()
  server.on(opened, (socket: Socket) => {
    sockets.set(socket, new Set())
    socket.once("close", () => sockets.delete(socket))
  })

  const closeIf = (test: (due: ReadonlySet<ServerResponse>) => boolean) => {
    for (const [socket, due] of sockets) if (test(due)) socket.destroy()
  }

  return {
    begin: (response) => {
      const due = sockets.get(response.req.socket)
      if (due === undefined) return
      due.add(response)
      response.once("close", () => due.delete(response))
    },
    replying: (socket) => [...sockets.get(socket) ?? []].some((response) => response.headersSent),
    closeIdle: () => closeIf((due) => due.size === 0),
    closeAll: () => closeIf(() => true)
  }
}

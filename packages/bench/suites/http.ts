/** The endpoint against a server that does nothing, and against moto's. */
import { type ChildProcess, fork } from "node:child_process"
import { once } from "node:events"
import { median } from "../framework/Measure.ts"
import { atLeast, type Result } from "../framework/Result.ts"
import type { Suite } from "../framework/Suite.ts"
import type { LoadOrder } from "../support/Load.ts"
import { type Operation, operations } from "../support/Requests.ts"
import * as Servers from "../support/Servers.ts"

const rounds = 9
/** Requests a round: about a third of a second of processor time each. */
const counts = { bare: 15_000, keystead: 5000, moto: 150 }
/** Before the first round, until the engine has compiled what a request takes. */
const warmUp = { bare: 15_000, keystead: 15_000, moto: 150 }
const signedAtOnce = 1500

type Name = "bare" | "keystead" | "moto"

/** Requests a second, of the processor and as they came. */
interface Sample {
  readonly name: Name
  readonly operation: Operation
  readonly core: number
  readonly wall: number
}

/** Gives the clients an order, and waits until they did it. */
const tell = async (load: ChildProcess, order: LoadOrder): Promise<void> => {
  const gone = new AbortController()
  const exit = once(load, "exit", { signal: gone.signal }).then(() => {
    throw new Error("The clients ended")
  })
  load.send(order)
  try {
    await Promise.race([once(load, "message", { signal: gone.signal }), exit])
  } finally {
    exit.catch(() => {})
    gone.abort()
  }
}

/** Each round has every server under every operation once. The bare server gets what is signed for Keystead. */
const sample = async (load: ChildProcess, servers: Readonly<Record<Name, Servers.Server>>): Promise<Array<Sample>> => {
  const samples: Array<Sample> = []
  for (let round = -1; round < rounds; round++) {
    // Signatures hold for five minutes.
    for (const name of ["keystead", "moto"] as const) {
      await tell(load, { sign: name, target: Servers.targetOf(servers[name]), count: signedAtOnce })
    }
    for (const operation of operations) {
      for (const name of ["bare", "keystead", "moto"] as const) {
        const { processorTime, url } = servers[name]
        const [start, began] = [processorTime(), performance.now()]
        const count = (round < 0 ? warmUp : counts)[name]
        await tell(load, { send: name === "bare" ? "keystead" : name, operation, url, count })
        const core = count / (processorTime() - start)
        const wall = count / ((performance.now() - began) / 1000)
        if (round >= 0) samples.push({ name, operation, core, wall })
      }
    }
  }
  return samples
}

const resultsOf = (samples: ReadonlyArray<Sample>, operation: Operation): ReadonlyArray<Result> => {
  const of = (name: Name, figure: "core" | "wall") =>
    samples.filter((one) => one.name === name && one.operation === operation).map((one) => one[figure])
  const ratio = (than: Name): number => {
    const others = of(than, "core")
    return median(of("keystead", "core").map((own, round) => own / (others[round] ?? Number.NaN)))
  }
  const line = (name: string, value: number, unit: string) => ({
    name,
    value,
    unit,
    against: null,
    ratio: null,
    target: null
  })
  const own = median(of("keystead", "core"))
  const unit = "requests/s of a core"
  return [
    line(`${operation} over HTTP, bare server`, median(of("bare", "core")), unit),
    line(`${operation} over HTTP, moto`, median(of("moto", "core")), unit),
    {
      ...line(`${operation} over HTTP`, own, unit),
      against: "bare server",
      ratio: ratio("bare"),
      target: atLeast(0.5)
    },
    {
      ...line(`${operation} over HTTP, against moto`, own, unit),
      against: "moto",
      ratio: ratio("moto"),
      target: atLeast(20)
    },
    line(`${operation} over HTTP, as they came`, median(of("keystead", "wall")), "requests/s")
  ]
}

export const suite: Suite = {
  title: "Calls over HTTP",
  about: [
    "`keystead serve --memory` with signatures (Signature Version 4) checked in full, beside the least server that "
    + "`node:http` can be, which answers every request with the same constant, and beside moto's server, which looks at no "
    + "signature. The requests are those of AWS's SDK for JavaScript: 1,500 of each operation, no two of them the same, "
    + "signed in advance anew for each round. undici sends them in turn from a process of its own, over 16 connections that "
    + "are kept alive.",
    "Figures are requests a second of processor time: what one core does that has nothing else to do, whatever the clients "
    + "and the rest of the machine take meanwhile. *As they came* are requests a second of the clock, clients and server on "
    + "the same machine."
  ],
  run: async () => {
    const servers = { bare: await Servers.bare(), keystead: await Servers.keystead(), moto: await Servers.moto() }
    const load = fork(new URL("../support/Load.ts", import.meta.url))
    try {
      const samples = await sample(load, servers)
      return operations.flatMap((operation) => resultsOf(samples, operation))
    } finally {
      load.kill()
      await Promise.all(Object.values(servers).map(({ stop }) => stop()))
    }
  }
}

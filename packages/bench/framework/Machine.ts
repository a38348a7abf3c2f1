/** The machine and the runtime that a measurement ran on, without a name of the machine or of anything on it. */
import { cpus, totalmem } from "node:os"

/** One sentence: processor, cores, memory, runtime. */
export const describeMachine = (): string => {
  const processors = cpus()
  const model = processors[0]?.model.trim() ?? "unknown processor"
  const memory = Math.round(totalmem() / 2 ** 30)
  return `${model}, ${processors.length} cores, ${memory} GiB of memory, `
    + `${process.platform} ${process.arch}, Node ${process.versions.node}`
}

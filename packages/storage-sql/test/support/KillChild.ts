/** The writer that is killed, over a file of `node:sqlite`. */
import * as NodeSqlite from "@keystead/storage-sql/NodeSqlite"
import { writeForEver } from "../../../core/test/support/KillWriter.ts"

const [, , file = "", name = "", first = "0"] = process.argv

writeForEver(NodeSqlite.make({ file }), name, Number(first))

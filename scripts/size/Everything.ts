/** An embedder that carries every group. */
import { groups, registry } from "@keystead/core/operations/Registry"
import { embedding } from "./Embedder.ts"

/** @public the bundle's only export */
export const embed = embedding(groups, registry)

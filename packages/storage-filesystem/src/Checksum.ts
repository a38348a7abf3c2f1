/** The checksum of record files and journal lines: it finds accidents. Against people, records carry MACs of their own. */
import { createHash } from "node:crypto"

/** SHA-256, as 64 lower-case hexadecimal digits. */
export const checksum = (data: string | Uint8Array): string => createHash("sha256").update(data).digest("hex")

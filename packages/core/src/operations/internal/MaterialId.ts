/** How requests name key material. */
import { patternedText } from "../../domain/Members.ts"

/** The id of key material: 64 hexadecimal digits. */
export const materialId = patternedText({ min: 64, max: 64 }, /^[a-f0-9]+$/)

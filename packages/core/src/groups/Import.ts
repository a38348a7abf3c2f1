/** Key material from outside. */
import { DeleteImportedKeyMaterial } from "../operations/DeleteImportedKeyMaterial.ts"
import { GetParametersForImport } from "../operations/GetParametersForImport.ts"
import { ImportKeyMaterial } from "../operations/ImportKeyMaterial.ts"
import type { Group } from "./Group.ts"

/**
 * Keys of origin EXTERNAL, and the import of their material, for the key specs of the other groups that are carried. The
 * keys that material is wrapped with are RSA's, which only a host can bring.
 */
export const importing = {
  name: "import",
  operations: { DeleteImportedKeyMaterial, GetParametersForImport, ImportKeyMaterial },
  keySpecs: [],
  kinds: []
} as const satisfies Group

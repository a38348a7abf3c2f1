/** The table of errors beside what AWS's model declares, which its SDK's types tell in their comments. */
import { assert, describe, it } from "@effect/vitest"
import * as Errors from "@keystead/core/Errors"
import type { OperationName } from "@keystead/core/operations/Registry"
import { existsSync, readFileSync } from "node:fs"
import { createRequire } from "node:module"
import { dirname, join } from "node:path"
import { errorTable } from "./ErrorTable.ts"

const sdk = join(dirname(createRequire(import.meta.url).resolve("@aws-sdk/client-kms/package.json")), "dist-types")

const declared = (operation: string): ReadonlyArray<string> => {
  const text = readFileSync(join(sdk, "commands", `${operation}Command.d.ts`), "utf8")
  return Array.from(text.matchAll(/@throws \{@link (\w+)\}/g), ([, name = ""]) => name)
}

/** What AWS answers without declaring it, and the store's own. */
const unmodelled = [
  "ValidationException",
  "AccessDeniedException",
  "NotAuthorizedException",
  "StorageError",
  "IntegrityError",
  "DependencyTimeoutException"
]

/** Errors beyond the model's, with the reason. */
const beyond: { readonly [Name in OperationName]?: ReadonlyArray<string> } = {
  // A Keystead supports Recipient if its host says whose attestation to believe; AWS believes its own.
  Decrypt: ["UnsupportedOperationException"],
  DeriveSharedSecret: ["UnsupportedOperationException"],
  GenerateDataKey: ["UnsupportedOperationException"],
  // What is AWS's own (a CloudHSM cluster, a VPC endpoint service) is not here.
  CreateCustomKeyStore: ["UnsupportedOperationException"],
  UpdateCustomKeyStore: ["UnsupportedOperationException"],
  // Hosts with WebCrypto alone cannot sign digests by RSA (docs/decisions/0017-webcrypto-by-size.md).
  Sign: ["UnsupportedOperationException"],
  // A token that names no grant is refused here as everywhere: AWS does not declare it.
  DescribeKey: ["InvalidGrantTokenException"],
  // A marker is a marker, also where there is never a second page.
  ListKeyPolicies: ["InvalidMarkerException"]
}

describe("the errors of an operation", () => {
  for (const [operation, errors] of Object.entries(errorTable)) {
    it(`${operation} are among those that AWS declares, or are known to be beyond`, () => {
      assert.isTrue(existsSync(join(sdk, "commands", `${operation}Command.d.ts`)))
      const known = [...declared(operation), ...unmodelled]
      const extra = errors.filter((name) => !known.includes(name))
      assert.deepStrictEqual(extra, [...beyond[operation as OperationName] ?? []])
    })
  }

  it("have the fault and the status of AWS's model", () => {
    const text = readFileSync(join(sdk, "models", "errors.d.ts"), "utf8")
    const faults = new Map(
      Array.from(
        text.matchAll(/readonly name: "(\w+)";\s+readonly \$fault: "(\w+)"/g),
        ([, name = "", fault = ""]) => [name, fault] as const
      )
    )
    assert.isAbove(faults.size, 40)
    const modelled = Object.entries(Errors).filter(([name]) => faults.has(name))
    assert.isAbove(modelled.length, 15)
    for (const [name, ErrorClass] of modelled) {
      const error: object = Reflect.construct(ErrorClass, [{ message: "m" }])
      assert.deepInclude(error, { _tag: name, message: "m", $fault: faults.get(name) })
      assert.strictEqual(Reflect.get(error, "retryable"), faults.get(name) === "server")
    }
  })

  it("carry their name and message, and no message where AWS leaves it out", () => {
    const error = new Errors.InvalidCiphertextException()
    assert.deepStrictEqual([error.name, error.message, String(error)], [
      "InvalidCiphertextException",
      "",
      "InvalidCiphertextException"
    ])
    assert.strictEqual(String(new Errors.DisabledException({ message: "x" })), "DisabledException: x")
    const statuses = {
      AlreadyExistsException: 409,
      ConflictException: 409,
      DependencyTimeoutException: 503,
      DisabledException: 409,
      DryRunOperationException: 412,
      IncorrectKeyException: 400,
      InvalidCiphertextException: 400,
      InvalidGrantTokenException: 400,
      InvalidKeyUsageException: 400,
      InvalidMarkerException: 400,
      KMSInvalidStateException: 409,
      LimitExceededException: 400,
      MalformedPolicyDocumentException: 400,
      NotFoundException: 404,
      TagException: 400,
      UnsupportedOperationException: 400,
      AccessDeniedException: 400,
      NotAuthorizedException: 400,
      ValidationException: 400
    }
    for (const [name, ErrorClass] of Object.entries(Errors)) {
      if (!Object.hasOwn(statuses, name)) continue
      const error: object = Reflect.construct(ErrorClass, [{ message: "" }])
      assert.strictEqual(Reflect.get(error, "status"), Reflect.get(statuses, name), name)
    }
  })
})

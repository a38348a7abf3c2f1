/** The program in Deno. */
import * as AuditSink from "@keystead/core/audit/AuditSink"
import type { Crypto } from "@keystead/core/crypto/Crypto"
import * as DerivedRootKey from "@keystead/core/crypto/DerivedRootKey"
import { RootKey } from "@keystead/core/crypto/RootKey"
import type { Run } from "@keystead/core/envelope/WebTransform"
import * as Explain from "@keystead/core/Explain"
import { make } from "@keystead/core/facade/OpenKms"
import * as SealStreams from "@keystead/core/facade/SealStreams"
import * as Kms from "@keystead/core/Kms"
import { groups, registry } from "@keystead/core/operations/Registry"
import * as KeyStore from "@keystead/core/storage/KeyStore"
import { Storage } from "@keystead/core/storage/Storage"
import * as MemoryStorage from "@keystead/storage-memory/MemoryStorage"
import { webKinds } from "@keystead/webcrypto/kinds/WebKinds"
import * as WebCrypto from "@keystead/webcrypto/WebCrypto"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as ManagedRuntime from "effect/ManagedRuntime"
import * as Ref from "effect/Ref"
import { answer, type Host, web } from "./Program.ts"
import type { Open, StreamMakers } from "./Target.ts"

const run: Run<Crypto> = (effect) => Effect.runPromise(Effect.provide(effect, WebCrypto.layer))

const streams: StreamMakers = {
  encryptStream: (kms, options) => new TransformStream(SealStreams.encryptTransformer(kms, options, run)),
  decryptStream: (kms, options = {}) => new TransformStream(SealStreams.decryptTransformer(kms, options, run))
}

const store = Ref.makeUnsafe(KeyStore.empty)

const open: Open = async (audit) => {
  const rootKey = Layer.effect(RootKey, DerivedRootKey.make(new Uint8Array(32).fill(7)))
  const runtime = ManagedRuntime.make(
    Layer.merge(Kms.layer({ groups, kinds: webKinds }), Explain.layer({ groups })).pipe(
      Layer.provide(rootKey),
      Layer.provide(Layer.succeed(Storage, MemoryStorage.make(store))),
      Layer.provide(AuditSink.layerOf((event) => Effect.sync(() => audit(event)))),
      Layer.provide(WebCrypto.layer)
    )
  )
  const kms = await runtime.runPromise(Kms.Kms)
  const explain = await runtime.runPromise(Explain.Explain)
  const requestId = () => crypto.randomUUID()
  return make({ kms, explain, operations: registry, requestId, close: () => runtime.dispose() }, {}, {})
}

const host: Host = { ...web, runtime: "Deno", open, streams }

process.stdout.write(await answer(host, process.argv[2] ?? ""))

/** The program in a Worker. */
import type { Primitives } from "@keystead/conformance/trace/Setting"
import { Crypto } from "@keystead/core/crypto/Crypto"
import * as NobleHashes from "@keystead/core/crypto/NobleHashes"
import type { Run } from "@keystead/core/envelope/WebTransform"
import { defaults } from "@keystead/core/facade/OpenKms"
import * as SealStreams from "@keystead/core/facade/SealStreams"
import type { ObjectEnv } from "@keystead/runtime-cloudflare/Bindings"
import { auditEvents, openKms } from "@keystead/runtime-cloudflare/OpenKms"
import { webKinds } from "@keystead/webcrypto/kinds/WebKinds"
import { subtleAesGcm } from "@keystead/webcrypto/SubtleAesGcm"
import * as WebCrypto from "@keystead/webcrypto/WebCrypto"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import { answer, type Host, web } from "./Program.ts"
import type { StreamMakers } from "./Target.ts"

/** @public workerd makes it. */
export { KeysteadObject } from "@keystead/runtime-cloudflare/KeysteadObject"

/** Workers encrypt everything by the host, as `runtime-cloudflare/Primitives` says why. */
const primitives: Primitives = {
  crypto: (randomBytes) =>
    Layer.succeed(
      Crypto,
      Crypto.of({
        ...NobleHashes.make(randomBytes),
        aesGcm: (key) => Effect.sync(() => subtleAesGcm(crypto.subtle, key))
      })
    ),
  kinds: webKinds
}

const run: Run<Crypto> = (effect) => Effect.runPromise(Effect.provide(effect, WebCrypto.layer))

/** Workers seal with the core's streams and WebCrypto. */
const streams: StreamMakers = {
  encryptStream: (kms, options) => new TransformStream(SealStreams.encryptTransformer(kms, options, run)),
  decryptStream: (kms, options = {}) => new TransformStream(SealStreams.decryptTransformer(kms, options, run))
}

const hostOf = (env: ObjectEnv): Host => ({
  layer: web.layer,
  primitives,
  runtime: "workerd",
  open: () => openKms(env, { audit: "required" }),
  trail: async () => (await auditEvents(env, defaults.account)).entries.map(({ event }) => event),
  streams
})

/** @public workerd calls it. */
export default {
  fetch: async (request: Request, env: ObjectEnv) => new Response(await answer(hostOf(env), await request.text()))
}

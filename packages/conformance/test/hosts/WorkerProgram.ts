/** The program in a Worker. */
import type { Crypto } from "@keystead/core/crypto/Crypto"
import type { Run } from "@keystead/core/envelope/WebTransform"
import { defaults } from "@keystead/core/facade/OpenKms"
import * as SealStreams from "@keystead/core/facade/SealStreams"
import type { ObjectEnv } from "@keystead/runtime-cloudflare/Bindings"
import { auditEvents, openKms } from "@keystead/runtime-cloudflare/OpenKms"
import * as WebCrypto from "@keystead/webcrypto/WebCrypto"
import * as Effect from "effect/Effect"
import { answer, type Host, web } from "./Program.ts"
import type { StreamMakers } from "./Target.ts"

/** @public workerd makes it. */
export { KeysteadObject } from "@keystead/runtime-cloudflare/KeysteadObject"

const run: Run<Crypto> = (effect) => Effect.runPromise(Effect.provide(effect, WebCrypto.layer))

/** Workers seal with the core's streams and WebCrypto. */
const streams: StreamMakers = {
  encryptStream: (kms, options) => new TransformStream(SealStreams.encryptTransformer(kms, options, run)),
  decryptStream: (kms, options = {}) => new TransformStream(SealStreams.decryptTransformer(kms, options, run))
}

const hostOf = (env: ObjectEnv): Host => ({
  ...web,
  runtime: "workerd",
  open: () => openKms(env, { audit: "required" }),
  trail: async () => (await auditEvents(env, defaults.account)).entries.map(({ event }) => event),
  streams
})

/** @public workerd calls it. */
export default {
  fetch: async (request: Request, env: ObjectEnv) => new Response(await answer(hostOf(env), await request.text()))
}

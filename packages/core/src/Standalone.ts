/**
 * The core and what a host needs to drive it, in one namespace each: `npm run build` bundles this module, with all that
 * it needs, into the one file that `@keystead/core/Standalone` names. That file imports nothing, and asks its host for
 * nothing beyond ECMAScript, TextEncoder and TextDecoder, so that it runs where there is no module resolution and no
 * host API: an engine compiled to WebAssembly, a sandbox, a plug-in.
 *
 * It carries its own copy of Effect, so use the Effect modules that it exports, never another copy beside it. Programs
 * that can resolve modules import them one by one instead, and bundle only what they use.
 */
export * as Clock from "effect/Clock"
export * as Context from "effect/Context"
export * as Effect from "effect/Effect"
export * as Exit from "effect/Exit"
export * as Layer from "effect/Layer"
export * as Ref from "effect/Ref"
export * as Result from "effect/Result"
export * as Stream from "effect/Stream"
export * as AuditSink from "./audit/AuditSink.ts"
export * as KeyPolicy from "./authorization/KeyPolicy.ts"
export * as Policy from "./authorization/Policy.ts"
export * as Client from "./Client.ts"
export * as Crypto from "./crypto/Crypto.ts"
export * as DerivedRootKey from "./crypto/DerivedRootKey.ts"
export * as Noble from "./crypto/Noble.ts"
export * as RootKey from "./crypto/RootKey.ts"
export * as SeededRandom from "./crypto/SeededRandom.ts"
export * as Errors from "./Errors.ts"
export * as Symmetric from "./groups/Symmetric.ts"
export * as Kms from "./Kms.ts"
export * as Operation from "./operations/Operation.ts"
export * as Registry from "./operations/Registry.ts"
export * as KeyStore from "./storage/KeyStore.ts"
export * as Storage from "./storage/Storage.ts"

/**
 * A small external key store proxy with its key manager, for tests. It is written from the API's specification, and checks
 * signatures with `node:crypto` alone.
 */
import { createCipheriv, createDecipheriv, createHash, createHmac, randomBytes, timingSafeEqual } from "node:crypto"
import { createServer, type IncomingMessage, type ServerResponse } from "node:http"
import type { AddressInfo } from "node:net"

export const accessKeyId = "ABCDEFGHIJ234567ABCD"
export const secretAccessKey = "c2VjcmV0IG9mIHRoZSBwcm94eSwgMzIgYnl0ZXMgbG9uZyE="
export const path = "/stores/one/kms/xks/v1"

/** A key in the key manager. */
export interface ManagedKey {
  readonly secret: Uint8Array
  spec: string
  usage: ReadonlyArray<string>
  status: string
}

/** What the proxy does instead of what it should. */
export type Fault =
  | { readonly _tag: "Silent" }
  | { readonly _tag: "Cut" }
  | { readonly _tag: "Raw"; readonly status?: number; readonly headers?: Record<string, string>; readonly body: string }
  | { readonly _tag: "Endless" }
  | { readonly _tag: "Edit"; readonly edit: (body: Record<string, unknown>) => unknown }

/** A request that was answered. */
export interface Seen {
  readonly path: string
  readonly body: Record<string, unknown>
}

const hmac = (key: string | Uint8Array, text: string) => createHmac("sha256", key).update(text).digest()
const sha256 = (data: Uint8Array | string) => createHash("sha256").update(data).digest("hex")

/** Whether the request carries the signature that the secret gives it. Source: the specification's Appendix A. */
const isSigned = (request: IncomingMessage, body: Uint8Array, secret: string): boolean => {
  const pattern =
    /^AWS4-HMAC-SHA256 Credential=([A-Z2-7]+)\/(\d{8})\/([a-z0-9-]+)\/kms-xks-proxy\/aws4_request, SignedHeaders=([a-z0-9;-]+), Signature=([0-9a-f]{64})$/
  const match = pattern.exec(request.headers.authorization ?? "")
  if (match === null) return false
  const [, id, date = "", region = "", signed = "", signature = ""] = match
  const names = signed.split(";")
  const time = String(request.headers["x-amz-date"])
  if (id !== accessKeyId || !names.includes("host") || !names.includes("x-amz-date") || !time.startsWith(date)) {
    return false
  }
  const moment = time.replace(/^(....)(..)(..)T(..)(..)(..)Z$/, "$1-$2-$3T$4:$5:$6Z")
  if (!(Math.abs(Date.parse(moment) - Date.now()) < 5 * 60 * 1000)) return false
  const headers = names.map((name) => `${name}:${String(request.headers[name])}\n`).join("")
  const canonical = ["POST", request.url, "", headers, signed, sha256(body)].join("\n")
  const scope = `${date}/${region}/kms-xks-proxy/aws4_request`
  const toSign = ["AWS4-HMAC-SHA256", time, scope, sha256(canonical)].join("\n")
  const key = hmac(hmac(hmac(hmac(`AWS4${secret}`, date), region), "kms-xks-proxy"), "aws4_request")
  return timingSafeEqual(hmac(key, toSign), Buffer.from(signature, "hex"))
}

const bytesOf = (value: unknown): Buffer => Buffer.from(typeof value === "string" ? value : "", "base64")

/** The lengths keep additional data and metadata apart. Source: the specification, "Encrypt", ciphertextMetadata. */
const aadFor = (aad: Uint8Array, metadata: Uint8Array): Buffer => {
  const length = Buffer.alloc(2)
  length.writeUInt16BE(aad.length)
  return Buffer.concat([length, aad, Buffer.of(metadata.length), metadata])
}

class ProxyError extends Error {
  readonly status: number
  constructor(status: number, name: string) {
    super(name)
    this.status = status
  }
}

/** A proxy at a port of this machine, with one key, `key-1`. */
export const startProxy = async (): Promise<Proxy> => {
  const proxy = new Proxy()
  await proxy.start()
  return proxy
}

export class Proxy {
  readonly keys = new Map<string, ManagedKey>([["key-1", newKey()]])
  readonly seen: Array<Seen> = []
  /** How many requests came, answered or not. */
  requests = 0
  fault: Fault | undefined
  secret = secretAccessKey
  metadata: Uint8Array = Buffer.from("v=1")
  ivLength = 12
  health: ReadonlyArray<string> = ["UNAVAILABLE", "DEGRADED"]
  readonly #server = createServer((request, response) => void this.#answer(request, response))

  start(): Promise<void> {
    return new Promise((resolve) => this.#server.listen(0, "127.0.0.1", resolve))
  }

  stop(): Promise<void> {
    this.#server.closeAllConnections()
    return new Promise((resolve) => this.#server.close(() => resolve()))
  }

  get endpoint(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`
  }

  async #answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    this.requests++
    const chunks: Array<Uint8Array> = []
    for await (const chunk of request) chunks.push(chunk as Uint8Array)
    const body = Buffer.concat(chunks)
    const { fault } = this
    if (fault?._tag === "Silent") return
    if (fault?._tag === "Cut") {
      response.writeHead(200, { "content-type": "application/json", "content-length": "1000" })
      response.write("{\"xks")
      setTimeout(() => response.destroy(), 5)
      return
    }
    if (fault?._tag === "Endless") {
      response.writeHead(200, { "content-type": "application/json" })
      const more = () => {
        while (!response.destroyed && response.write(" ".repeat(8192))) continue
      }
      response.on("drain", more)
      return more()
    }
    if (fault?._tag === "Raw") {
      response.writeHead(fault.status ?? 200, fault.headers).end(fault.body)
      return
    }
    const { content, status } = this.#reply(request, body)
    const edited = fault === undefined || status !== 200 ? content : fault.edit(content)
    response.writeHead(status, { "content-type": "application/json" }).end(JSON.stringify(edited))
  }

  #reply(
    request: IncomingMessage,
    body: Buffer
  ): { readonly status: number; readonly content: Record<string, unknown> } {
    try {
      if (request.method !== "POST") throw new ProxyError(405, "MethodNotAllowed")
      if (!isSigned(request, body, this.secret)) throw new ProxyError(401, "AuthenticationFailedException")
      const input = JSON.parse(body.toString("utf8")) as Record<string, unknown>
      const url = request.url ?? ""
      this.seen.push({ path: url, body: input })
      if (url === `${path}/health`) return { status: 200, content: this.#health() }
      const match = /^\/stores\/one\/kms\/xks\/v1\/keys\/([^/]+)\/(metadata|encrypt|decrypt)$/.exec(url)
      if (match === null) throw new ProxyError(404, "InvalidUriPathException")
      return { status: 200, content: this.#use(match[1] ?? "", match[2] ?? "", input) }
    } catch (error) {
      if (!(error instanceof ProxyError)) throw error
      return { status: error.status, content: { errorName: error.message, errorMessage: "told by the proxy" } }
    }
  }

  #health() {
    return {
      xksProxyFleetSize: 1,
      xksProxyVendor: "Keystead",
      xksProxyModel: "test",
      ekmVendor: "Keystead",
      ekmFleetDetails: this.health.map((healthStatus, at) => ({ id: `hsm-${at}`, model: "test", healthStatus }))
    }
  }

  #use(id: string, action: string, input: Record<string, unknown>): Record<string, unknown> {
    const key = this.keys.get(id)
    if (key === undefined) throw new ProxyError(404, "KeyNotFoundException")
    if (action === "metadata") return { keySpec: key.spec, keyUsage: key.usage, keyStatus: key.status }
    if (key.status !== "ENABLED") throw new ProxyError(400, "InvalidStateException")
    if (!key.usage.includes(action.toUpperCase())) throw new ProxyError(400, "InvalidKeyUsageException")
    if (input["encryptionAlgorithm"] !== "AES_GCM") throw new ProxyError(400, "ValidationException")
    return action === "encrypt" ? this.#encrypt(key, input) : this.#decrypt(key, input)
  }

  #encrypt({ secret }: ManagedKey, input: Record<string, unknown>) {
    const aad = bytesOf(input["additionalAuthenticatedData"])
    const { metadata } = this
    const iv = randomBytes(this.ivLength)
    const cipher = createCipheriv("aes-256-gcm", secret, iv)
    cipher.setAAD(aadFor(aad, metadata))
    const ciphertext = Buffer.concat([cipher.update(bytesOf(input["plaintext"])), cipher.final()])
    const tag = cipher.getAuthTag()
    const integrity = createHash("sha256").update(Buffer.concat([aad, metadata, iv, ciphertext, tag])).digest("base64")
    return {
      ciphertext: ciphertext.toString("base64"),
      ...(metadata.length === 0 ? {} : { ciphertextMetadata: Buffer.from(metadata).toString("base64") }),
      initializationVector: iv.toString("base64"),
      authenticationTag: tag.toString("base64"),
      ...(input["ciphertextDataIntegrityValueAlgorithm"] === "SHA_256"
        ? { ciphertextDataIntegrityValue: integrity }
        : {})
    }
  }

  #decrypt({ secret }: ManagedKey, input: Record<string, unknown>) {
    try {
      const decipher = createDecipheriv("aes-256-gcm", secret, bytesOf(input["initializationVector"]))
      decipher.setAAD(aadFor(bytesOf(input["additionalAuthenticatedData"]), bytesOf(input["ciphertextMetadata"])))
      decipher.setAuthTag(bytesOf(input["authenticationTag"]))
      const plaintext = Buffer.concat([decipher.update(bytesOf(input["ciphertext"])), decipher.final()])
      return { plaintext: plaintext.toString("base64") }
    } catch {
      throw new ProxyError(400, "InvalidCiphertextException")
    }
  }
}

/** A new key that can be used. */
export function newKey(): ManagedKey {
  return { secret: randomBytes(32), spec: "AES_256", usage: ["ENCRYPT", "DECRYPT", "WRAP"], status: "ENABLED" }
}

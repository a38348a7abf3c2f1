/** Keys behind an endpoint that speaks AWS JSON 1.1, such as `keystead serve`: requests are signed with an access key. */
import * as JsonCodec from "@keystead/core/operations/JsonCodec"
import { type OperationName, registry } from "@keystead/core/operations/Registry"
import { AwsV4Signer } from "aws4fetch"
import * as Result from "effect/Result"
import type { Backend, Call, Endpoint } from "../backend/Backend.ts"
import { Refusal } from "../backend/Refusal.ts"

const codecs = new Map<OperationName, { readonly input: JsonCodec.JsonCodec; readonly output: JsonCodec.JsonCodec }>()

const codecOf = (name: OperationName) => {
  const known = codecs.get(name)
  if (known !== undefined) return known
  const codec = { input: JsonCodec.of(registry[name].input), output: JsonCodec.of(registry[name].output) }
  codecs.set(name, codec)
  return codec
}

const send = async (endpoint: Endpoint, name: OperationName, body: string): Promise<Response> => {
  const { accessKeyId, region, secretAccessKey, sessionToken, url } = endpoint
  const signed = await new AwsV4Signer({
    method: "POST",
    url,
    headers: { "content-type": "application/x-amz-json-1.1", "x-amz-target": `TrentService.${name}` },
    body,
    service: "kms",
    region,
    accessKeyId,
    secretAccessKey,
    ...(sessionToken === "" ? {} : { sessionToken })
  }).sign()
  try {
    return await fetch(signed.url, { method: signed.method, headers: signed.headers, body })
  } catch {
    throw new Refusal({
      name: "Unreachable",
      message: `${url} did not answer this page. Is it running, and does it let this page ask? ` +
        `Start it with: keystead serve --cors ${location.origin}`
    })
  }
}

const refusalOf = (json: unknown, status: number): Refusal => {
  const members: { readonly __type?: unknown; readonly message?: unknown } = typeof json === "object" && json !== null
    ? json
    : {}
  const name = typeof members.__type === "string" ? members.__type : `HTTP ${status}`
  return new Refusal({
    name: name.slice(name.lastIndexOf("#") + 1),
    message: typeof members.message === "string" && members.message !== ""
      ? members.message
      : `The endpoint refused (${name}).`
  })
}

/** A reply that has nothing to say is empty. */
const parsed = async (response: Response): Promise<unknown> => {
  try {
    const text = await response.text()
    const json: unknown = text === "" ? {} : JSON.parse(text)
    return json
  } catch {
    throw new Refusal({ name: "Unreadable", message: "What answers there is no endpoint of AWS KMS." })
  }
}

function callOf(endpoint: Endpoint): Call
function callOf(endpoint: Endpoint): (name: OperationName, input: object) => Promise<unknown> {
  return async (name, input) => {
    const { input: encoder, output } = codecOf(name)
    const response = await send(endpoint, name, JSON.stringify(encoder.encode(input)))
    const json = await parsed(response)
    if (!response.ok) throw refusalOf(json, response.status)
    return Result.getOrThrow(output.decode(json))
  }
}

/** No key has this id. */
const nobody = "00000000-0000-0000-0000-000000000000"

/** The account that the access key belongs to: KMS tells no one directly, but names it in each of its sentences. */
const accountOf = async (call: Call): Promise<string> => {
  const { Keys: [first] = [] } = await call("ListKeys", { Limit: 1 })
  if (first?.KeyArn !== undefined) return first.KeyArn.split(":")[4] ?? ""
  const sentence = await call("DescribeKey", { KeyId: nobody }).then(() => "", String)
  return /:(\d{12}):/.exec(sentence)?.[1] ?? ""
}

/** Connects, and finds out whose keys these are. */
export const open = async (endpoint: Endpoint): Promise<Backend> => {
  const call = callOf(endpoint)
  return {
    about: {
      kind: "remote",
      place: new URL(endpoint.url).host,
      account: await accountOf(call),
      region: endpoint.region
    },
    call,
    close: async () => undefined
  }
}

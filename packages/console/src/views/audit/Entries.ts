/** Entries of an audit trail, as far as they are shown. */

/** One call. */
export interface Shown {
  readonly key: string
  readonly time: Date
  readonly operation: string
  readonly who: string
  /** The ARNs of keys and aliases. */
  readonly about: ReadonlyArray<string>
  /** The error's name; empty if the call succeeded. */
  readonly error: string
  readonly message: string
  /** All of the event, for those who want to see it. */
  readonly event: string
}

const member = (value: unknown, name: string): unknown =>
  typeof value === "object" && value !== null ? Reflect.get(value, name) : undefined

const text = (value: unknown, ...path: ReadonlyArray<string>): string => {
  const found = path.reduce(member, value)
  return typeof found === "string" ? found : ""
}

const parsed = (line: string): unknown => {
  try {
    const json: unknown = JSON.parse(line)
    return json
  } catch {
    return undefined
  }
}

/** Reads a line; what is no entry shows as such. */
export const entryOf = (line: string, index: number): Shown => {
  const entry = parsed(line)
  const event = member(entry, "event")
  const resources = member(event, "resources")
  return {
    key: text(entry, "hash") || String(index),
    time: new Date(text(event, "eventTime")),
    operation: text(event, "eventName") || "Not readable",
    who: text(event, "userIdentity", "arn"),
    about: Array.isArray(resources) ? resources.map((resource) => text(resource, "ARN")) : [],
    error: text(event, "errorCode"),
    message: text(event, "errorMessage"),
    event: JSON.stringify(event ?? line, null, 2)
  }
}

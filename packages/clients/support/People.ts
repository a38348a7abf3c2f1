/** Who appears in the story: access keys, and the principals that they stand for. */
import { randomBytes } from "node:crypto"
import type { Identity } from "./Client.ts"

/** The account of everybody here: AWS's example. */
export const account = "111122223333"

/** A user's ARN. */
export const user = (name: string): string => `arn:aws:iam::${account}:user/${name}`

const region = "us-east-1"

const person = (name: string, token?: string): Identity => ({
  accessKeyId: `AKIA${name.toUpperCase().padEnd(16, "X")}`,
  secretAccessKey: randomBytes(30).toString("base64"),
  ...token === undefined ? {} : { sessionToken: token },
  region,
  skew: 0
})

/** Who calls. Ada administers keys, Bob uses them, Eve is a stranger; a session is Bob for a while, by a token. */
export const people = {
  root: person("root"),
  ada: person("ada"),
  bob: person("bob"),
  eve: person("eve"),
  session: person("session", randomBytes(90).toString("base64")),
  pastSession: person("pastSession", randomBytes(90).toString("base64"))
}

/** A role, which Bob has in his sessions. */
export const roleArn = `arn:aws:iam::${account}:role/payroll`

const sessionArn = `arn:aws:sts::${account}:assumed-role/payroll/bob`

const principals = {
  root: `arn:aws:iam::${account}:root`,
  ada: user("ada"),
  bob: user("bob"),
  eve: user("eve"),
  session: sessionArn,
  pastSession: sessionArn
}

/** The access keys with their principals, for the endpoint. */
export const accessKeys = Object.entries(people).map(([name, { accessKeyId, secretAccessKey, sessionToken }]) => ({
  accessKeyId,
  secretAccessKey,
  sessionToken,
  principal: Object.entries(principals).find(([known]) => known === name)?.[1] ?? "",
  expires: name === "pastSession" ? "2026-01-01T00:00:00Z" : undefined
}))

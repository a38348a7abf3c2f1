/** The AWS SDK's own client in a page, as AWS publishes it. */
import { KMS } from "@aws-sdk/client-kms"

/** A client of the KMS at that path of the page's origin. */
export const clientAt = (path: string): KMS =>
  new KMS({
    endpoint: `${location.origin}${path}`,
    region: "eu-west-1",
    credentials: { accessKeyId: "none", secretAccessKey: "none" },
    maxAttempts: 1
  })

Object.assign(globalThis, { clientAt })

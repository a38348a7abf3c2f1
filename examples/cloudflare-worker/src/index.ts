/** A complete KMS endpoint: its keys are in Durable Objects, one for each account, and any AWS SDK can talk to it. */
import { worker } from "@keystead/runtime-cloudflare/Worker"

export { KeysteadObject } from "@keystead/runtime-cloudflare/KeysteadObject"

export default worker()

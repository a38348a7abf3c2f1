import { describeInWorkerd } from "./support/Workerd.ts"

describeInWorkerd("DurableObject keeps the contract in workerd", "object")

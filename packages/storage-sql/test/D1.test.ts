import { describeInWorkerd } from "./support/Workerd.ts"

describeInWorkerd("D1 keeps the contract in workerd", "d1")

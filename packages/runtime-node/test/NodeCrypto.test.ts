import fc from "fast-check"
import { describeAgreement, describeAnswers } from "../../core/test/support/CryptoLayer.ts"
import * as NodeCrypto from "../src/NodeCrypto.ts"

describeAgreement("node:crypto", NodeCrypto.layer, fc.nat(600))
describeAnswers("node:crypto", NodeCrypto.layer)

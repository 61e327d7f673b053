// How one transaction differs from another, field by field.

internal import Ledger
internal import Primitives

extension Transaction {
  /// The fields in which this differs from what was `expected`, but for the signature.
  func differences(from expected: Transaction) -> String {
    var findings = Findings()
    findings.compare("type", expected.kind.rawValue, kind.rawValue)
    findings.compare("chain id", expected.chainID, chainID)
    findings.compare("nonce", expected.nonce, nonce)
    findings.compare("priority fee", expected.maxPriorityFeePerGas, maxPriorityFeePerGas)
    findings.compare("max fee", expected.maxFeePerGas, maxFeePerGas)
    findings.compare("gas limit", expected.gasLimit, gasLimit)
    findings.compare("recipient", expected.to, to)
    findings.compare("value", expected.value, value)
    findings.compare("max fee per blob gas", expected.maxFeePerBlobGas, maxFeePerBlobGas)
    if expected.data != data { findings.note("data differ") }
    if expected.accessList != accessList { findings.note("access lists differ") }
    if expected.blobVersionedHashes != blobVersionedHashes { findings.note("blob hashes differ") }
    if expected.authorizations != authorizations { findings.note("authorizations differ") }
    return findings.text
  }
}

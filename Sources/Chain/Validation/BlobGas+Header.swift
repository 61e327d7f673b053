// The excess blob gas that follows from a header.

package import Ledger
import Primitives

extension BlobGas {
  /// The excess blob gas of the child of `parent`.
  package static func excess(
    after parent: Header, parameters: BlobParameters, fork: Fork
  ) -> UInt64 {
    excess(
      parentExcess: parent.excessBlobGas ?? 0, parentUsed: parent.blobGasUsed ?? 0,
      parentBaseFee: parent.excessBlobGas == nil ? .zero : parent.baseFeePerGas ?? .zero,
      parameters: parameters, fork: fork)
  }
}

// eth_fillTransaction.

internal import JSON
internal import Ledger
internal import Primitives

/// The method that makes a transaction of a request, for somebody else to sign.
struct EthFilling {
  let filling: TransactionFilling

  var methods: [String: RPCMethod] {
    [
      "eth_fillTransaction": { (parameters, writer) throws(RPCError) in
        let filled = try parameters.required(0) { (value) throws(RPCError) in
          try filling.filled(value)
        }
        let transaction = try filling.transaction(filled)
        writer.object { object in
          object.member("raw", data: transaction.encoded(announcedWith: filled.sidecar))
          object.key("tx")
          object.object { transaction.writeAlone(with: filled.sidecar, to: &$0) }
        }
      }
    ]
  }
}

extension Transaction {
  /// The encoding with which it is sent: with its blobs, where it has some.
  func encoded(announcedWith sidecar: BlobSidecar?) -> [UInt8] {
    sidecar.map { encoded(with: $0) } ?? encoded
  }
}

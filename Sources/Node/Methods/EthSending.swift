// eth_ methods that send transactions.

internal import JSON
internal import Primitives

/// Methods that send transactions.
struct EthSending {
  let runner: CallRunner
  let ingest: TransactionIngest
  /// Who makes blocks of what is sent, if somebody does.
  let producer: BlockProducer?
  /// Where calls wait that take long.
  var waits = WaitingCalls()

  var methods: [String: RPCMethod] {
    [
      "eth_sendRawTransaction": { (parameters, writer) throws(RPCError) in
        let sent = try send(try parameters.data(0))
        waitForBlock(of: sent)
        writer.value(sent.hash)
      }
    ]
  }

  /// Methods that answer many requests of a batch at once.
  var batchMethods: [String: RPCBatchMethod] {
    [
      "eth_sendRawTransaction": { calls in
        var encodings: [[UInt8]] = []
        let read: [Result<Int, RPCError>] = calls.map { parameters in
          Result { () throws(RPCError) in
            encodings.append(try parameters.data(0))
            return encodings.count - 1
          }
        }
        let outcomes = ingest.add(encodings)
        let look = producer?.notice()
        if let hash = outcomes.lazy.compactMap({ try? $0.get() }).first {
          waitForBlock(of: Sent(hash: hash, look: look))
        }
        return read.map { place in
          place.flatMap { outcomes[$0] }.map { "\"\($0.hex)\"" }
        }
      }
    ]
  }

  /// A transaction that waits for a block.
  struct Sent {
    let hash: Hash256
    /// When the producer looks for it, if there is one.
    let look: UInt64?
  }

  /// Lets a transaction wait for a block.
  func send(_ encoding: [UInt8], allowsStatedSender: Bool = false) throws(RPCError) -> Sent {
    let outcomes = ingest.add([encoding], allowsStatedSenders: allowsStatedSender)
    return Sent(hash: try outcomes[0].get(), look: producer?.notice())
  }

  /// Waits for the block of what was sent, where one is made at once: whoever sent it asks next what came of it. Not if
  /// that takes long, or too many wait already.
  func waitForBlock(of sent: Sent) {
    guard let producer, let look = sent.look, producer.isAutomatic else { return }
    waits.holdBriefly { producer.wait(for: look, seconds: Self.patience) }
  }

  /// How many seconds a block is waited for that is made at once.
  private static let patience = 1.0
}

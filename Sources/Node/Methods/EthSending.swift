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
        writer.value(try send(try parameters.data(0)))
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
        waitForBlock(of: outcomes)
        return read.map { place in
          place.flatMap { outcomes[$0] }.map { "\"\($0.hex)\"" }
        }
      }
    ]
  }

  /// Lets a transaction wait for a block, and waits for that where it is made at once; its hash.
  func send(
    _ encoding: [UInt8], allowsStatedSender: Bool = false
  ) throws(RPCError) -> Hash256 {
    let outcomes = ingest.add([encoding], allowsStatedSenders: allowsStatedSender)
    waitForBlock(of: outcomes)
    return try outcomes[0].get()
  }

  /// Lets the producer know what has come. Where it makes a block at once, whoever sent it asks next what came of it:
  /// so that is waited for, unless it takes long or too many wait already.
  private func waitForBlock(of outcomes: [TransactionIngest.Outcome]) {
    guard let producer, outcomes.contains(where: { if case .success = $0 { true } else { false } })
    else { return }
    let look = producer.notice()
    guard producer.isAutomatic else { return }
    waits.holdBriefly { producer.wait(for: look, seconds: Self.patience) }
  }

  /// How many seconds a block is waited for that is made at once.
  private static let patience = 1.0
}

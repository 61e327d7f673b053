// What became of a simulated block, and its JSON.

internal import Crypto
internal import EVM
internal import JSON
internal import Ledger
internal import Primitives
internal import Tracing

/// A call of a simulated block.
struct SimulatedCall {
  var output: [UInt8] = []
  var logs: [NumberedLog] = []
  var gasUsed: UInt64 = 0
  /// The most that was used at any time, before anything came back.
  var mostGasUsed: UInt64 = 0
  var halt: Halt?
}

/// An event with its number in the block. Events that were undone have numbers, too, as in geth.
struct NumberedLog {
  let log: Log
  let number: Int
}

/// A transaction that nobody signed.
struct SimulatedTransaction {
  let transaction: Transaction
  let sender: Address
  let encoding: [UInt8]
  let hash: Hash256

  init(_ transaction: Transaction, from sender: Address) {
    self.transaction = transaction
    self.sender = sender
    encoding = transaction.unsignedEncoding
    hash = Keccak256.hash(encoding)
  }
}

/// A simulated block with what its calls came to.
struct SimulatedBlock {
  var header: Header
  var hash = Hash256.zero
  var transactions: [SimulatedTransaction] = []
  var withdrawals: [Withdrawal]?
  var calls: [SimulatedCall] = []

  /// The length of its encoding.
  private var size: Int {
    var block = Block(header: header, withdrawals: withdrawals)
    let empty = block.encoded.count
    block.transactions = transactions.map(\.transaction)
    // Transactions without a signature may be encoded otherwise than a transaction can be.
    let signed = block.transactions.reduce(0) { $0 + $1.encoded.count }
    let unsigned = transactions.reduce(0) { $0 + $1.encoding.count }
    return max(empty, block.encoded.count - signed + unsigned)
  }

  func write(withTransactions: Bool, to object: inout JSONWriter) {
    let found = ChainReader.Found(number: header.number, hash: hash, header: header)
    header.write(hash: hash, to: &object)
    object.member("size", quantity: UInt64(size))
    object.key("transactions")
    object.array { list in
      for (index, transaction) in transactions.enumerated() {
        if !withTransactions {
          list.value(transaction.hash)
          continue
        }
        list.object {
          transaction.transaction.write(
            hash: transaction.hash, sender: transaction.sender,
            at: TransactionPlace(block: found, index: index), to: &$0)
        }
      }
    }
    object.key("uncles")
    object.array { _ in }
    if let withdrawals { object.objects("withdrawals", of: withdrawals) { $1.write(to: &$0) } }
    object.key("calls")
    object.array { list in
      for (index, call) in calls.enumerated() {
        let place = TransactionPlace(block: found, index: index)
        list.object { call.write(transactions[index].hash, at: place, to: &$0) }
      }
    }
  }
}

extension SimulatedCall {
  fileprivate func write(
    _ hash: Hash256, at place: TransactionPlace, to object: inout JSONWriter
  ) {
    object.member("returnData", data: halt == nil ? output : [])
    object.key("logs")
    object.array { list in
      for log in logs {
        let placed = PlacedLog(
          log: log.log, transactionHash: hash, place: place, index: log.number)
        list.object { placed.write(to: &$0) }
      }
    }
    object.member("gasUsed", quantity: gasUsed)
    object.member("maxUsedGas", quantity: mostGasUsed)
    object.member("status", quantity: halt == nil ? 1 : 0 as UInt64)
    guard let halt else { return }
    let error =
      halt == .revert
      ? RPCError.reverted(output) : RPCError(code: -32015, message: FailureText.of(halt))
    object.key("error")
    object.object { object in
      object.member("message", error.message)
      object.member("code", error.code)
      if let data = error.data { object.member("data", data: data) }
    }
  }
}

extension Transaction {
  /// The encoding with zeros for a signature.
  fileprivate var unsignedEncoding: [UInt8] {
    guard kind == .legacy else { return encoded }
    // That of a legacy transaction has 27 or more for a parity, which geth leaves at zero, too.
    var encoder = RLPEncoder(reservingCapacity: 300 + data.count)
    encoder.list { encoder in
      encoder.encode(nonce)
      encoder.encode(maxFeePerGas)
      encoder.encode(gasLimit)
      encoder.encode(to)
      encoder.encode(value)
      encoder.encode(data)
      for _ in 0..<3 { encoder.encode(0 as UInt64) }
    }
    return encoder.bytes
  }
}

extension CallFrame {
  /// Whose event it is when ether moves (ERC-7528).
  private static let etherAddress = Address(
    truncating: 0xeeee_eeee_eeee_eeee_eeee_eeee_eeee_eeee_eeee_eeee)
  private static let transferTopic = Keccak256.hash(Array("Transfer(address,address,uint256)".utf8))

  /// The events of the frame and of those below it, with one for each movement of ether, in order; none of
  /// what failed. Each has the next of the numbers.
  func logsWithTransfers(_ numbers: inout Int, isUndone: Bool = false) -> [NumberedLog] {
    let isUndone = isUndone || error != nil
    var logs: [NumberedLog] = []
    func append(_ log: Log) {
      if !isUndone { logs.append(NumberedLog(log: log, number: numbers)) }
      numbers += 1
    }
    // A delegated call shows its caller's value, and CALLCODE moves it to where it is.
    if let value, !value.isZero, let to, kind != .delegateCall, kind != .callCode {
      append(
        Log(
          address: Self.etherAddress,
          topics: [Self.transferTopic, Hash256(from.word), Hash256(to.word)],
          data: value.bigEndianBytes))
    }
    var events = self.logs[...]
    for (index, call) in calls.enumerated() {
      while let event = events.first, event.position <= index {
        append(Log(address: event.address, topics: event.topics, data: event.data))
        events.removeFirst()
      }
      logs += call.logsWithTransfers(&numbers, isUndone: isUndone)
    }
    for event in events {
      append(Log(address: event.address, topics: event.topics, data: event.data))
    }
    return logs
  }
}

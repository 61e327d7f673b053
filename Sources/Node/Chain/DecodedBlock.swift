// A block of the chain with all that its record says, decoded.

internal import Chain
internal import Crypto
internal import Ledger
internal import Primitives
internal import Storage
internal import Synchronization

/// The transactions of a block with their hashes, receipts and senders. Decoding a large block for one of its
/// receipts costs as much as for all of them, and who asks for one asks for others.
final class DecodedBlock: Sendable {
  let block: ChainReader.Found
  let transactions: [Transaction]
  let hashes: [Hash256]
  let receipts: [Receipt]
  /// What it takes in memory, in bytes, roughly.
  let size: Int
  private let fork: Fork
  private let chainID: UInt64
  /// What a unit of blob gas costs in it; nil before Cancun.
  private let blobBaseFee: UInt256?
  /// How many logs stand before those of each transaction.
  private let logsBefore: [Int]
  private let allSenders = Mutex<[Address]?>(nil)

  init(
    _ block: ChainReader.Found, body: StoredBody, receipts: [Receipt], fork: Fork, chainID: UInt64,
    blobBaseFee: UInt256?
  ) throws(RPCError) {
    guard receipts.count == body.transactions.count else {
      throw .internalError("block \(block.number) has \(receipts.count) receipts")
    }
    var transactions: [Transaction] = []
    transactions.reserveCapacity(body.transactions.count)
    for encoding in body.transactions {
      transactions.append(try ChainReader.transaction(encoding))
    }
    self.block = block
    self.transactions = transactions
    self.receipts = receipts
    self.fork = fork
    self.chainID = chainID
    self.blobBaseFee = blobBaseFee
    hashes = body.transactions.map { Keccak256.hash($0) }
    var (logs, size) = (0, 1024)
    logsBefore = receipts.map { receipt in
      defer { logs += receipt.logs.count }
      return logs
    }
    for encoding in body.transactions { size += 1024 + encoding.count }
    for receipt in receipts { for log in receipt.logs { size += 256 + log.data.count } }
    self.size = size
  }

  /// Who signed the transaction at a place, or is stated to send it; recovered alone unless all are known.
  func sender(_ index: Int) throws(RPCError) -> Address {
    if let senders = allSenders.withLock({ $0 }) { return senders[index] }
    if let stated = transactions[index].statedSender { return stated }
    return try recovering { () throws(SignatureError) in
      try transactions[index].recoverSender(fork: fork, chainID: chainID)
    }
  }

  /// Who sent each of the transactions, recovered together.
  func senders() throws(RPCError) -> [Address] {
    if let senders = allSenders.withLock({ $0 }) { return senders }
    let signed = try recovering { () throws(SignatureError) in
      try Transaction.recoverSenders(
        of: transactions.filter { $0.statedSender == nil }, fork: fork, chainID: chainID)
    }
    var next = signed.makeIterator()
    let senders = transactions.map { $0.statedSender ?? next.next() ?? .zero }
    allSenders.withLock { $0 = senders }
    return senders
  }

  private func recovering<Value>(
    _ body: () throws(SignatureError) -> Value
  ) throws(RPCError) -> Value {
    do throws(SignatureError) {
      return try body()
    } catch {
      throw .internalError("a sender in block \(block.number): \(error)")
    }
  }

  /// The receipt at a place.
  func receipt(_ index: Int) throws(RPCError) -> PlacedReceipt {
    PlacedReceipt(
      receipt: receipts[index], transaction: transactions[index], hash: hashes[index],
      sender: try sender(index), place: TransactionPlace(block: block, index: index),
      gasBefore: index == 0 ? 0 : receipts[index - 1].cumulativeGasUsed,
      logsBefore: logsBefore[index], blobBaseFee: blobBaseFee)
  }
}

extension DecodedBlock {
  /// Its logs that are wanted. Senders, which logs do not show, are not recovered.
  func logs(_ isWanted: (Log) -> Bool) -> [PlacedLog] {
    var found: [PlacedLog] = []
    for (index, receipt) in receipts.enumerated() {
      for (position, log) in receipt.logs.enumerated() where isWanted(log) {
        found.append(
          PlacedLog(
            log: log, transactionHash: hashes[index],
            place: TransactionPlace(block: block, index: index),
            index: logsBefore[index] + position))
      }
    }
    return found
  }
}

/// The blocks that were asked for last, up to a size in all, but the very last however large it is: who asks for one
/// of its receipts asks for the others.
struct DecodedBlocks {
  private static let sizeLimit = 24 << 20

  private var blocks: [DecodedBlock] = []
  private var size = 0

  /// The block with this hash, which is the one asked for last from now on.
  mutating func find(_ hash: Hash256) -> DecodedBlock? {
    guard let index = blocks.lastIndex(where: { $0.block.hash == hash }) else { return nil }
    let block = blocks.remove(at: index)
    blocks.append(block)
    return block
  }

  /// Keeps a block in the place of those that nobody asked for the longest.
  mutating func insert(_ block: DecodedBlock) {
    if find(block.block.hash) != nil { return }
    blocks.append(block)
    size += block.size
    while size > Self.sizeLimit, blocks.count > 1 { size -= blocks.removeFirst().size }
  }
}

// Blocks decoded, and receipts with what their block says about them.

internal import Chain
internal import Crypto
internal import Ledger
internal import Primitives
internal import Storage
internal import Synchronization

extension ChainReader {
  /// What the record of a block says. Throws where the block left the chain meanwhile.
  func decoded(_ block: Found) throws(RPCError) -> DecodedBlock {
    if let known = decodedBlocks.withLock({ $0.find(block.hash) }) { return known }
    let decoded = try DecodedBlock(
      block, body: try body(of: block), receipts: try receipts(of: block),
      fork: try fork(of: block.header),
      chainID: rules.chainID, blobBaseFee: blobBaseFee(of: block.header))
    decodedBlocks.withLock { $0.insert(decoded) }
    return decoded
  }

  /// The receipts of a block, or that at one place of it alone.
  func placedReceipts(
    of block: Found, at wanted: Int? = nil
  ) throws(RPCError) -> [PlacedReceipt] {
    let decoded = try decoded(block)
    if let wanted { return wanted < decoded.receipts.count ? [try decoded.receipt(wanted)] : [] }
    _ = try decoded.senders()
    var receipts: [PlacedReceipt] = []
    for index in decoded.receipts.indices { receipts.append(try decoded.receipt(index)) }
    return receipts
  }

  /// The receipt of the transaction with this hash; nil where it is in no block.
  func receipt(of hash: Hash256) throws(RPCError) -> PlacedReceipt? {
    guard let place = try place(of: hash)?.place else { return nil }
    return try placedReceipts(of: place.block, at: place.index).first
  }

  /// Who signed a transaction of a block of this fork, or is stated to send it.
  func sender(of transaction: Transaction, fork: Fork) throws(SignatureError) -> Address {
    if let stated = transaction.statedSender { return stated }
    return try transaction.recoverSender(fork: fork, chainID: rules.chainID)
  }

  /// The body of a block. Throws where the block left the chain meanwhile.
  func body(of block: Found) throws(RPCError) -> StoredBody {
    try whole(block, try reading { () throws(StoreError) in try store.body(block.number) })
  }

  /// The encoding of a block. Throws where the block left the chain meanwhile.
  func encoding(of block: Found) throws(RPCError) -> [UInt8] {
    try whole(block, try reading { () throws(StoreError) in try store.encodedBlock(block.number) })
  }

  /// The receipts of a block. Throws where the block left the chain meanwhile.
  func receipts(of block: Found) throws(RPCError) -> [Receipt] {
    try whole(
      block, try reading { () throws(StoreError) in try store.receipts(block.number) } ?? [])
  }

  /// What was read by the number of a block, if it is of that block: it may be of another branch.
  private func whole<Part>(_ block: Found, _ part: Part?) throws(RPCError) -> Part {
    guard let part, try self.block(.number(block.number))?.hash == block.hash else {
      throw .failed("block \(block.hash) not found")
    }
    return part
  }

  /// What a unit of blob gas costs in the block with this header; nil before Cancun.
  func blobBaseFee(of header: Header) -> UInt256? {
    guard let excess = header.excessBlobGas,
      let parameters = rules.blobParameters(block: header.number, timestamp: header.timestamp)
    else { return nil }
    return BlobGas.baseFee(excess: excess, parameters: parameters)
  }

  /// What a unit of blob gas costs in a block right behind the one with this header, at a time, or as early
  /// as may be; zero before Cancun.
  func nextBlobBaseFee(after header: Header, at timestamp: UInt64? = nil) -> UInt256 {
    let (number, time) = (header.number.successor, timestamp ?? header.timestamp.successor)
    guard let parameters = rules.blobParameters(block: number, timestamp: time) else {
      return .zero
    }
    let excess = BlobGas.excess(
      after: header, parameters: parameters, fork: rules.fork(block: number, timestamp: time))
    return BlobGas.baseFee(excess: excess, parameters: parameters)
  }

  /// Where the transaction with this hash stands; nil where it is in no block.
  func place(of hash: Hash256) throws(RPCError) -> (
    place: TransactionPlace, encoding: ArraySlice<UInt8>
  )? {
    guard let found = try reading({ () throws(StoreError) in try store.transaction(hash) }),
      let block = try block(.hash(found.block.hash))
    else { return nil }
    return (TransactionPlace(block: block, index: found.index), found.encoding)
  }
}

// Reading what is stored.

internal import Crypto
public import Ledger
public import Primitives
internal import Synchronization

extension Store {
  /// The header of block `number` of the chain; nil where there is none.
  public func header(_ number: UInt64) throws(StoreError) -> Header? {
    guard let record = try recordPlace(number) else { return nil }
    return try header(at: record)
  }

  /// The sum of the difficulties from the first block to block `number`; nil where there is none.
  public func totalDifficulty(_ number: UInt64) throws(StoreError) -> UInt256? {
    guard let record = try recordPlace(number) else { return nil }
    return try Self.standing(at: record, in: folder).totalDifficulty
  }

  /// Block `number`; nil where there is none.
  public func block(_ number: UInt64) throws(StoreError) -> Block? {
    guard let record = try recordPlace(number) else { return nil }
    let (header, body) = (try header(at: record), try body(of: record))
    var transactions: [Transaction] = []
    for (index, encoding) in body.transactions.enumerated() {
      do throws(TransactionDecodingError) {
        transactions.append(try Transaction(decoding: encoding))
      } catch {
        throw .corrupted(
          path: path, offset: nil, block: number, reason: "transaction \(index): \(error)")
      }
    }
    return Block(
      header: header, transactions: transactions, ommers: body.ommers,
      withdrawals: body.withdrawals)
  }

  /// The header of the block with this hash, if it is in the chain.
  public func header(withHash hash: Hash256) throws(StoreError) -> Header? {
    guard let number = try number(ofBlock: hash), let record = try recordPlace(number),
      record.block.hash == hash
    else { return nil }
    return try header(at: record)
  }

  /// The number of the block with this hash, if it is in the chain.
  public func number(ofBlock hash: Hash256) throws(StoreError) -> UInt64? {
    let number: UInt64
    if let recent = tail.with({ $0.numbers[hash] }) {
      number = recent
    } else {
      let stored = try database.read(.number(ofBlock: hash)) { bytes in
        var reader = ByteReader(bytes)
        return reader.integer(UInt64.self)
      }
      guard let stored else { return nil }
      guard let known = stored else { throw database.damage("the number of block \(hash)") }
      number = known
    }
    return try recordPlace(number)?.block.hash == hash ? number : nil
  }

  /// The hash of block `number` of the chain.
  public func hash(ofBlock number: UInt64) throws(StoreError) -> Hash256? {
    try recordPlace(number)?.block.hash
  }

  /// The body of block `number`; nil where there is none.
  public func body(_ number: UInt64) throws(StoreError) -> StoredBody? {
    guard let record = try recordPlace(number) else { return nil }
    return try body(of: record)
  }

  func body(of record: RecordPlace) throws(StoreError) -> StoredBody {
    let transactions = try transactions(of: record)
    guard let ommers = try folder.section(.ommers, of: record).withBytes(BlockSections.headers),
      let withdrawals = try folder.section(.withdrawals, of: record)
        .withBytes(BlockSections.withdrawals)
    else { throw folder.damage(record, "its body is not in its form") }
    return StoredBody(transactions: transactions, ommers: ommers, withdrawals: withdrawals)
  }

  /// The receipts of block `number`, in order; nil where there is no such block.
  public func receipts(_ number: UInt64) throws(StoreError) -> [Receipt]? {
    guard let record = try recordPlace(number) else { return nil }
    return try receipts(of: record)
  }

  func receipts(of record: RecordPlace) throws(StoreError) -> [Receipt] {
    guard
      let receipts = try folder.section(.receipts, of: record).withBytes(BlockSections.receipts)
    else { throw folder.damage(record, "its receipts are not in their form") }
    return receipts
  }

  /// The changes of block `number`; nil where there is no such block. The first block has none.
  public func changes(_ number: UInt64) throws(StoreError) -> StateChanges? {
    guard let record = try recordPlace(number) else { return nil }
    return StateChanges(try folder.section(.changes, of: record))
  }

  /// The transaction with this hash, if it is in the chain.
  public func transaction(_ hash: Hash256) throws(StoreError) -> StoredTransaction? {
    let prefix = hash.word.l3
    for recent in tail.with({ $0.recents }) {
      for (index, other) in try prefixes(of: recent.record).enumerated() where other == prefix {
        if let found = try transaction(hash, at: index, of: recent.record) { return found }
      }
    }
    var entries = DatabaseIterator(database, prefix: .transaction(prefix))
    while let (key, value) = try entries.current() {
      var name = ByteReader(key, at: 9)
      guard let number = name.integer(UInt64.self)?.byteSwapped else {
        throw database.damage("the entry of a transaction")
      }
      var places = ByteReader(value)
      while let index = places.integer(UInt32.self) {
        if let record = try recordPlace(number),
          let found = try transaction(hash, at: Int(index), of: record)
        {
          return found
        }
      }
      entries.advance()
    }
    return nil
  }

  // MARK: - Records

  /// Where the record of block `number` of the chain stands; nil where there is none.
  func recordPlace(_ number: UInt64) throws(StoreError) -> RecordPlace? {
    let (recent, isKnown) = tail.with { tail in
      (
        number == tail.head.block.number ? tail.head : tail.recent(number)?.record,
        number <= tail.knownThrough && number <= tail.head.block.number
      )
    }
    if let recent { return recent }
    if !isKnown { return nil }
    return try database.recordPlace(number)
  }

  func header(at record: RecordPlace) throws(StoreError) -> Header {
    try Self.header(at: record, in: folder)
  }

  static func header(
    at record: RecordPlace, in folder: SegmentFolder
  ) throws(StoreError) -> Header {
    try standing(at: record, in: folder).header
  }

  static func standing(
    at record: RecordPlace, in folder: SegmentFolder
  ) throws(StoreError) -> (header: Header, totalDifficulty: UInt256) {
    guard
      let (header, total) = try folder.section(.header, of: record)
        .withBytes(BlockSections.header)
    else { throw folder.damage(record, "its header cannot be decoded") }
    return (header, total)
  }

  private func transactions(of record: RecordPlace) throws(StoreError) -> [ArraySlice<UInt8>] {
    let slices = try folder.section(.transactions, of: record).withBytes { bytes in
      BlockSections.items(bytes).map { items in
        // One array, cut into slices.
        let all = Array(bytes.suffix(items.reduce(0) { $0 + $1.count }))
        var start = 0
        return items.map { item in
          defer { start += item.count }
          return all[start..<start + item.count]
        }
      }
    }
    guard let slices else { throw folder.damage(record, "its transactions are not in their form") }
    return slices
  }

  private func transaction(
    _ hash: Hash256, at index: Int, of record: RecordPlace
  ) throws(StoreError) -> StoredTransaction? {
    let transactions = try transactions(of: record)
    guard index < transactions.count, Keccak256.hash(transactions[index]) == hash else {
      return nil
    }
    return StoredTransaction(
      block: record.block, index: index, encoding: ArraySlice(Array(transactions[index])))
  }

  /// The beginnings of the hashes of a recent block's transactions, computed once.
  private func prefixes(of record: RecordPlace) throws(StoreError) -> [UInt64] {
    if let known = recentPrefixes.withLock({ $0[record.block.hash] }) { return known }
    let prefixes = try TransactionIndex.prefixes(
      try folder.section(.transactions, of: record), of: record, in: folder)
    let recent = tail.with { Set($0.numbers.keys) }
    recentPrefixes.withLock { known in
      known = known.filter { recent.contains($0.key) }
      known[record.block.hash] = prefixes
    }
    return prefixes
  }
}

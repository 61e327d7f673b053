// Verifying a store from end to end.

internal import Crypto
internal import Ledger
internal import Primitives
internal import State

extension Store {
  /// Reads every record, compares each block's transactions, ommers, withdrawals and receipts with its
  /// header, follows the chain from the head to the first block, and computes the state root from all
  /// accounts and slots. Throws the first thing that is wrong.
  ///
  /// What `progress` throws ends it. Memory does not grow with the store. Neither `root` nor `commit` may
  /// run meanwhile: the database is brought to the head at first.
  public func verify(
    progress: (VerificationProgress) throws(StoreError) -> Void = { _ in }
  ) throws(StoreError) -> StoreVerification {
    try flush()
    var result = StoreVerification()
    try verifyDatabase(progress)
    try verifyRecords(&result, progress)
    try verifyChain(&result, progress)
    try verifyCodes(&result, progress)
    try verifyState(&result, progress)
    // Opening has mended it already, so that other damage is graver.
    if let damage = log.noteDamage { throw damage }
    return result
  }

  /// Every file of the database, its indexes and filters included, and every key.
  private func verifyDatabase(
    _ progress: (VerificationProgress) throws(StoreError) -> Void
  ) throws(StoreError) {
    try database.verifyFiles { (fraction) throws(StoreError) in
      try progress(VerificationProgress(part: .database, fraction: fraction / 2))
    }
    var keys = DatabaseIterator(
      database, from: DatabaseKey(.accountBranch), to: nil, isScan: true)
    while let (key, _) = try keys.current() {
      guard let first = key.first, DatabaseKey.Kind(rawValue: first) != nil else {
        throw database.damage("a key")
      }
      try progress(VerificationProgress(part: .database, fraction: 0.5 + Double(first) / 256))
      keys.advance()
    }
  }

  /// Every byte of the segments, and whether each block is what its header commits to.
  private func verifyRecords(
    _ result: inout StoreVerification, _ progress: (VerificationProgress) throws(StoreError) -> Void
  ) throws(StoreError) {
    let end = log.end
    for segment in folder.segments() {
      try folder.checkHeader(of: segment, genesis: meta.genesis.hash)
    }
    var scan = SegmentScan(folder, from: .start, synced: end)
    var last = Place.start
    var content = ByteBuffer(capacity: 1 << 20)
    while let (header, place) = try scan.next() {
      last = place.advanced(by: header.length)
      if header.kind != .head {
        content.removeAll()
        _ = try folder.readBlock(at: place, into: &content)
      }
      result.records += 1
      result.recordBytes += header.storedLength
      try progress(
        VerificationProgress(
          part: .records, fraction: Double(place.segment) / Double(max(end.segment, 1))))
    }
    // Behind the last record, or at the beginning of the segment for the next.
    guard last == end || scan.place == end else {
      throw .corrupted(
        path: folder.filePath(scan.place.segment), offset: scan.place.offset, block: nil,
        reason: "the records do not end where the last one did")
    }
  }

  /// Every block of the chain, by its header, from the head back.
  private func verifyChain(
    _ result: inout StoreVerification, _ progress: (VerificationProgress) throws(StoreError) -> Void
  ) throws(StoreError) {
    let head = head
    var expected = head.hash
    var number = head.number
    // The sum of the difficulties up to the block, as the one behind it tells: sums stop at the largest
    // number.
    var sum: UInt256?
    while true {
      guard let record = try recordPlace(number) else {
        throw database.damage("the entry of block \(number), which is not there,")
      }
      let (header, total) = try Self.standing(at: record, in: folder)
      guard header.hash == expected, header.number == number else {
        throw folder.damage(record, "its header has the hash \(header.hash), not \(expected)")
      }
      guard try self.number(ofBlock: expected) == number else {
        throw database.damage("the entry of the hash of block \(number)")
      }
      if let sum, sum != total {
        throw folder.damage(
          record, "its sum of difficulties is \(total), the block behind it tells of \(sum)")
      }
      sum = total == .max ? nil : total &- header.difficulty
      result.blocks += 1
      if number == meta.firstBlock { break }
      expected = header.parentHash
      number -= 1
      try progress(
        VerificationProgress(
          part: .chain, fraction: Double(head.number - number) / Double(max(head.number, 1))))
    }
    guard genesis.hash == meta.genesis.hash,
      meta.firstBlock > meta.genesis.number || expected == meta.genesis.hash
    else { throw .wrongGenesis(path: path, expected: meta.genesis.hash, found: expected) }
  }

  private func verifyCodes(
    _ result: inout StoreVerification, _ progress: (VerificationProgress) throws(StoreError) -> Void
  ) throws(StoreError) {
    var codes = DatabaseIterator(database, prefix: DatabaseKey(.code), isScan: true)
    while let (key, value) = try codes.current() {
      guard key.count == 33, Keccak256.hash(value) == Hash256(bytesAt: key.place(1)) else {
        throw database.damage("an entry of a code")
      }
      result.codes += 1
      try progress(VerificationProgress(part: .codes, fraction: Double(key[1]) / 256))
      codes.advance()
    }
  }

  /// The state root, from accounts and slots in the order of their keys: both cursors go forward only.
  private func verifyState(
    _ result: inout StoreVerification, _ progress: (VerificationProgress) throws(StoreError) -> Void
  ) throws(StoreError) {
    let header = try header(at: tail.with { $0.head })
    var accounts = DatabaseIterator(database, prefix: DatabaseKey(.account), isScan: true)
    var slots = DatabaseIterator(database, prefix: DatabaseKey(.slot), isScan: true)
    var builder = TrieRootBuilder()
    while let (key, value) = try accounts.current() {
      guard key.count == 33, let record = AccountRecord(value) else {
        throw database.damage("the entry of an account")
      }
      let hash = Hash256(bytesAt: key.place(1))
      let root = try storageRoot(of: hash, &slots, &result)
      guard root == record.storageRoot else {
        throw database.damage(
          "the storage of the account with hash \(hash), whose root is \(root),")
      }
      if record.account.hasCode,
        try database.read(.code(record.account.codeHash), { _ in true }) == nil
      {
        throw database.damage("the code \(record.account.codeHash), which is not there,")
      }
      builder.append(
        key: UnsafeRawBufferPointer(rebasing: key[1...]), record.account, storageRoot: root)
      result.accounts += 1
      try progress(
        VerificationProgress(part: .state, fraction: Double(hash.word.l3 >> 48) / 65536))
      accounts.advance()
    }
    guard try slots.current() == nil else { throw database.damage("a slot without an account") }
    result.stateRoot = builder.finish()
    guard result.stateRoot == header.stateRoot else {
      throw .corrupted(
        path: database.path, offset: nil, block: header.number,
        reason: "the state root is \(result.stateRoot), the block's header says \(header.stateRoot)"
      )
    }
  }

  /// The root of the slots at the cursor that belong to an account; they must not be below it.
  private func storageRoot(
    of account: Hash256, _ slots: inout DatabaseIterator, _ result: inout StoreVerification
  ) throws(StoreError) -> Hash256 {
    var builder = TrieRootBuilder()
    while let (key, value) = try slots.current() {
      guard key.count == 65, let word = UInt256(bigEndian: value), !word.isZero else {
        throw database.damage("the entry of a slot")
      }
      let owner = Hash256(bytesAt: key.place(1))
      if owner > account { break }
      guard owner == account else { throw database.damage("a slot without an account") }
      builder.append(key: UnsafeRawBufferPointer(rebasing: key[33...]), word)
      result.slots += 1
      slots.advance()
    }
    return builder.finish()
  }
}

extension TrieRootBuilder {
  fileprivate mutating func append(
    key: UnsafeRawBufferPointer, _ account: Account, storageRoot: Hash256
  ) {
    var encoder = RLPEncoder(reservingCapacity: 112)
    encoder.list { encoder in
      encoder.encode(account.nonce)
      encoder.encode(account.balance)
      encoder.encode(storageRoot)
      encoder.encode(account.codeHash)
    }
    encoder.bytes.withUnsafeBytes { append(key: key, value: $0) }
  }

  fileprivate mutating func append(key: UnsafeRawBufferPointer, _ word: UInt256) {
    var encoder = RLPEncoder(reservingCapacity: 33)
    encoder.encode(word)
    encoder.bytes.withUnsafeBytes { append(key: key, value: $0) }
  }
}

// Blocks of the chain as a file.

internal import Ledger
internal import Primitives

extension Store {
  /// Writes blocks to a file, one encoding (RLP) after another, as other clients export and import them:
  /// those from number `first`, the oldest there is where it is nil, to `last`, the head where it is nil.
  /// How many it were. `progress` hears of how many blocks how many are done; what it
  /// throws ends it, and nothing is left behind.
  ///
  /// The file gets its name when it is whole; one of that name is only replaced where `replaces` says so.
  /// A block whose parts are not those that its header commits to is damage, and ends it too.
  public func exportBlocks(
    from first: UInt64? = nil, to last: UInt64? = nil, file path: String, replaces: Bool = false,
    progress: (_ done: UInt64, _ of: UInt64) throws(StoreError) -> Void = { _, _ in }
  ) throws(StoreError) -> UInt64 {
    let (first, last) = (first ?? oldestBlock, last ?? head.number)
    guard first <= last, last <= head.number, first >= oldestBlock || first == genesis.number else {
      throw .noSuchBlocks(first: first, last: last, oldest: oldestBlock, head: head.number)
    }
    try checkIsOutside(path)
    var file = try OutputFile(path, replaces: replaces)
    for number in first...last {
      guard let encoding = try encodedBlock(number) else {
        throw .noSuchBlocks(first: first, last: last, oldest: oldestBlock, head: head.number)
      }
      try file.append(encoding)
      try progress(number - first + 1, last - first + 1)
    }
    try file.finish()
    return last - first + 1
  }

  /// Throws where a file would be written into the store's own folder.
  func checkIsOutside(_ file: String) throws(StoreError) {
    guard let own = Folder.resolved(path), let other = Folder.resolved(Folder.parent(of: file))
    else { return }
    if other == own || other.hasPrefix(own + "/") {
      throw .system(path: file, operation: "write", reason: "it lies within the store itself")
    }
  }

  /// The encoding of block `number`, whose body is what its header commits to; nil where there is none.
  public func encodedBlock(_ number: UInt64) throws(StoreError) -> [UInt8]? {
    guard let record = try recordPlace(number) else { return nil }
    let (header, body) = (try header(at: record), try body(of: record))
    guard header.hash == record.block.hash else {
      throw folder.damage(record, "its header has the hash \(header.hash)")
    }
    if let contradiction = header.contradiction(in: body) {
      throw folder.damage(record, contradiction)
    }
    let size = body.transactions.reduce(0) { $0 + $1.count + 9 }
    var encoder = RLPEncoder(reservingCapacity: size + 2048)
    encoder.list { encoder in
      encoder.appendRaw(header.encoded)
      encoder.list { encoder in
        for encoding in body.transactions {
          // Those without a type are lists, the others byte strings (EIP-2718).
          if encoding.first ?? 0 >= 0xc0 {
            encoder.appendRaw(encoding)
          } else {
            encoder.encode(encoding)
          }
        }
      }
      encoder.list { encoder in
        for ommer in body.ommers { encoder.appendRaw(ommer.encoded) }
      }
      if let withdrawals = body.withdrawals {
        encoder.list { encoder in
          for withdrawal in withdrawals { encoder.appendRaw(withdrawal.encoded) }
        }
      }
    }
    return encoder.bytes
  }
}

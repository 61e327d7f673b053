// The sections of a block's record: how its parts are written and read.

internal import Ledger
internal import Primitives

/// Writes and reads the parts of a block as sections of its record. Readers give nil for what nobody
/// wrote; checksums have been looked at before.
enum BlockSections {
  static func write(_ section: RecordSection, of block: CommittedBlock, to buffer: inout ByteBuffer)
  {
    switch section {
    case .header:
      buffer.append(Hash256(block.totalDifficulty))
      buffer.append(block.header.encoded)
    case .transactions: write(block.transactions, to: &buffer)
    case .ommers: write(block.ommers.map { $0.encoded[...] }, to: &buffer)
    case .withdrawals: write(block.withdrawals, to: &buffer)
    case .receipts: write(block.receipts, to: &buffer)
    case .changes: buffer.append(block.changes.bytes.buffer)
    }
  }

  // MARK: - Lists: number (4), end of each (4), contents

  private static func write(_ items: [ArraySlice<UInt8>], to buffer: inout ByteBuffer) {
    writeList(count: items.count, to: &buffer) { index, buffer in
      items[index].withUnsafeBytes { buffer.append($0) }
    }
  }

  private static func writeList(
    count: Int, to buffer: inout ByteBuffer, _ write: (Int, inout ByteBuffer) -> Void
  ) {
    buffer.append(UInt32(truncatingIfNeeded: count))
    let ends = buffer.count
    _ = buffer.extend(by: 4 * count)
    let start = buffer.count
    for index in 0..<count {
      write(index, &buffer)
      buffer.set(UInt32(truncatingIfNeeded: buffer.count - start), at: ends + 4 * index)
    }
  }

  /// The items of a list.
  static func items(_ bytes: UnsafeRawBufferPointer) -> [UnsafeRawBufferPointer]? {
    var reader = ByteReader(bytes)
    guard let count = reader.integer(UInt32.self), Int(count) <= bytes.count / 4,
      var ends = reader.take(4 * Int(count)).map({ ByteReader($0) })
    else { return nil }
    var items: [UnsafeRawBufferPointer] = []
    items.reserveCapacity(Int(count))
    var last = 0
    for _ in 0..<count {
      guard let end = ends.integer(UInt32.self).map(Int.init), let item = reader.take(end - last)
      else { return nil }
      items.append(item)
      last = end
    }
    return reader.isAtEnd ? items : nil
  }

  /// The header and the sum of the difficulties up to it.
  static func header(_ bytes: UnsafeRawBufferPointer) -> (Header, totalDifficulty: UInt256)? {
    var reader = ByteReader(bytes)
    guard let total = reader.take(32).flatMap({ UInt256(bigEndian: $0) }),
      let header = try? Header(decoding: Array(bytes.dropFirst(32)))
    else { return nil }
    return (header, total)
  }

  static func headers(_ bytes: UnsafeRawBufferPointer) -> [Header]? {
    guard let items = items(bytes) else { return nil }
    let headers = items.compactMap { try? Header(decoding: Array($0)) }
    return headers.count == items.count ? headers : nil
  }

  // MARK: - Withdrawals: 0, or 1 and 44 bytes each

  private static func write(_ withdrawals: [Withdrawal]?, to buffer: inout ByteBuffer) {
    buffer.append(UInt8(withdrawals == nil ? 0 : 1))
    for withdrawal in withdrawals ?? [] {
      buffer.append(withdrawal.index)
      buffer.append(withdrawal.validatorIndex)
      buffer.append(withdrawal.address)
      buffer.append(withdrawal.amount)
    }
  }

  static func withdrawals(_ bytes: UnsafeRawBufferPointer) -> [Withdrawal]?? {
    var reader = ByteReader(bytes)
    guard let flag = reader.byte() else { return nil }
    if flag == 0 { return .some(nil) }
    var withdrawals: [Withdrawal] = []
    while !reader.isAtEnd {
      guard let index = reader.integer(UInt64.self), let validator = reader.integer(UInt64.self),
        let address = reader.address(), let amount = reader.integer(UInt64.self)
      else { return nil }
      withdrawals.append(
        Withdrawal(index: index, validatorIndex: validator, address: address, amount: amount))
    }
    return withdrawals
  }

  // MARK: - Receipts: kind, outcome, cumulative gas, logs; without the bloom, which follows from them

  private static func write(_ receipts: [Receipt], to buffer: inout ByteBuffer) {
    // Through pointers, so that nothing is copied and no array counted as shared.
    receipts.withUnsafeBufferPointer { receipts in
      writeList(count: receipts.count, to: &buffer) { index, buffer in
        if let first = receipts.baseAddress { write(first + index, to: &buffer) }
      }
    }
  }

  private static func write(_ receipt: UnsafePointer<Receipt>, to buffer: inout ByteBuffer) {
    buffer.append(receipt.pointee.kind.rawValue)
    switch receipt.pointee.outcome {
    case .status(let succeeded): buffer.append(UInt8(succeeded ? 1 : 0))
    case .stateRoot(let root):
      buffer.append(UInt8(2))
      buffer.append(root)
    }
    buffer.append(varint: receipt.pointee.cumulativeGasUsed)
    buffer.append(varint: UInt64(receipt.pointee.logs.count))
    receipt.pointee.logs.withUnsafeBufferPointer { logs in
      for index in logs.indices {
        buffer.append(logs[index].address)
        buffer.append(UInt8(truncatingIfNeeded: logs[index].topics.count))
        logs[index].topics.withUnsafeBufferPointer { for topic in $0 { buffer.append(topic) } }
        buffer.append(varint: UInt64(logs[index].data.count))
        buffer.append(logs[index].data)
      }
    }
  }

  static func receipts(_ bytes: UnsafeRawBufferPointer) -> [Receipt]? {
    guard let items = items(bytes) else { return nil }
    let receipts = items.compactMap { receipt($0) }
    return receipts.count == items.count ? receipts : nil
  }

  private static func receipt(_ bytes: UnsafeRawBufferPointer) -> Receipt? {
    var reader = ByteReader(bytes)
    guard let kind = reader.byte().flatMap(Transaction.Kind.init), let tag = reader.byte() else {
      return nil
    }
    let outcome: Receipt.Outcome
    if tag == 2 {
      guard let root = reader.hash() else { return nil }
      outcome = .stateRoot(root)
    } else {
      outcome = .status(tag == 1)
    }
    guard let gas = reader.varint(), let count = reader.count() else { return nil }
    var logs: [Log] = []
    for _ in 0..<count {
      guard let address = reader.address(), let topicCount = reader.byte() else { return nil }
      var topics: [Hash256] = []
      for _ in 0..<topicCount {
        guard let topic = reader.hash() else { return nil }
        topics.append(topic)
      }
      guard let size = reader.count(), let data = reader.take(size) else { return nil }
      logs.append(Log(address: address, topics: topics, data: Array(data)))
    }
    guard reader.isAtEnd else { return nil }
    return Receipt(kind: kind, outcome: outcome, cumulativeGasUsed: gas, logs: logs)
  }
}

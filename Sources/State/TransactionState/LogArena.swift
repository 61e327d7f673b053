// The logs of a running transaction, in raw memory.

import Ledger
import Primitives

/// The logs of a transaction, cheap to append and to take back; made into `Log`s once at its end.
struct LogArena: ~Copyable {
  struct Record: BitwiseCopyable {
    let address: Address
    let topicCount: UInt32
    let topicOffset: Int
    let dataOffset: Int
    let dataCount: Int
  }

  private var records: RawBuffer<Record>
  private var topics: RawBuffer<UInt256>
  private var data: RawBuffer<UInt8>

  init(budget: UnsafeMutablePointer<MemoryBudget>) {
    records = RawBuffer(capacity: 16, budget: budget)
    topics = RawBuffer(capacity: 64, budget: budget)
    data = RawBuffer(capacity: 4096, budget: budget)
  }

  /// How many logs there are.
  var count: Int {
    @inline(__always) get { records.count }
  }

  mutating func append(
    _ address: Address, topics words: UnsafeBufferPointer<UInt256>,
    data bytes: UnsafeRawBufferPointer
  ) {
    let record = Record(
      address: address, topicCount: UInt32(words.count), topicOffset: topics.count,
      dataOffset: data.count, dataCount: bytes.count)
    topics.append(contentsOf: words)
    bytes.withMemoryRebound(to: UInt8.self) { data.append(contentsOf: $0) }
    // A log that did not fit is dropped: the budget says so.
    guard topics.count == record.topicOffset + words.count,
      data.count == record.dataOffset + bytes.count
    else { return }
    records.append(record)
  }

  /// Drops all but the first `count` logs.
  mutating func truncate(to count: Int) {
    guard count < records.count else { return }
    let first = records.base[count]
    topics.truncate(to: first.topicOffset)
    data.truncate(to: first.dataOffset)
    records.truncate(to: count)
  }

  /// The logs in order.
  var logs: [Log] {
    guard count > 0 else { return [] }
    return (0..<count).map { number in
      let record = records.base[number]
      let words = UnsafeBufferPointer(
        start: topics.base + record.topicOffset, count: Int(record.topicCount))
      let bytes = UnsafeBufferPointer(start: data.base + record.dataOffset, count: record.dataCount)
      return Log(address: record.address, topics: words.map(Hash256.init), data: Array(bytes))
    }
  }
}

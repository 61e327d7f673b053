// Keys turned into locations, by all workers at once.

import CKernels
import Primitives

/// A table to which keys are only added, without locks: chains of locations behind heads.
///
///     buckets   head | head | 0 | head | …      head → location → location → 0
///
/// Locations stay where they are until the end of the block. The number of buckets is fixed for a
/// block; more keys than that only make the chains longer. Invariant: a key is linked at most once.
struct LocationTable<Record: Location & ~Copyable>: ~Copyable {
  typealias Point = Record.Point

  private var buckets: UnsafeMutablePointer<SharedWord<Point>>
  private var capacity: Int
  private var mask: Int
  private let secret = FlatSecret.shared

  init() {
    capacity = 0
    mask = 0
    buckets = .allocate(capacity: 1)
    buckets.initialize(to: SharedWord())
    capacity = 1
  }

  // Words need not be destroyed one by one.
  deinit { buckets.deallocate() }

  /// Forgets all keys and makes ready for about `count`.
  mutating func reset(expecting count: Int) {
    var wanted = 64
    while wanted < count, wanted < 1 << 22 { wanted *= 2 }
    if wanted != capacity {
      buckets.deallocate()
      buckets = .allocate(capacity: wanted)
      capacity = wanted
      mask = wanted - 1
    }
    for index in 0..<capacity { (buckets + index).initialize(to: SharedWord()) }
  }

  /// The location of `key`, or nil when nobody has asked for it.
  func find(_ key: Record.Key) -> UnsafeMutablePointer<Record>? {
    find(key, from: bucket(of: key).pointee.load(), to: 0)
  }

  /// The location of `key`, which is made in `records` when it is new.
  @inline(__always)
  func intern(
    _ key: Record.Key, in records: inout LocationRecords<Record>
  ) -> UnsafeMutablePointer<Record> {
    let bucket = bucket(of: key)
    let first = bucket.pointee.load()
    if let found = find(key, from: first, to: 0) { return found }
    return insert(key, in: &records, bucket, first)
  }

  /// Asks the processor for the bucket of `key`.
  func prefetch(_ key: Record.Key) { nt_prefetch(bucket(of: key)) }

  @inline(never)
  private func insert(
    _ key: Record.Key, in records: inout LocationRecords<Record>,
    _ bucket: UnsafeMutablePointer<SharedWord<Point>>, _ first: UInt
  ) -> UnsafeMutablePointer<Record> {
    let fresh = records.spare(for: key)
    var first = first
    while true {
      fresh.pointee.nextInBucket = first
      if bucket.pointee.replace(first, by: UInt(bitPattern: fresh)) {
        records.keep()
        return fresh
      }
      let known = first
      first = bucket.pointee.load()
      if let found = find(key, from: first, to: known) { return found }
    }
  }

  @inline(__always)
  private func bucket(of key: Record.Key) -> UnsafeMutablePointer<SharedWord<Point>> {
    buckets + (Int(truncatingIfNeeded: key.flatHash(secret) &>> 32) & mask)
  }

  @inline(__always)
  private func find(
    _ key: Record.Key, from first: UInt, to end: UInt
  ) -> UnsafeMutablePointer<Record>? {
    var next = first
    while next != end, let location = UnsafeMutablePointer<Record>(bitPattern: next) {
      if location.pointee.key == key { return location }
      next = location.pointee.nextInBucket
    }
    return nil
  }
}

/// The locations that one worker was the first to ask for, in chunks that stay where they are.
struct LocationRecords<Record: Location & ~Copyable>: ~Copyable {
  private static var chunkCount: Int { 1024 }

  private var chunks: [UnsafeMutablePointer<Record>] = []
  /// How many locations there are.
  private(set) var count = 0

  init() {}

  deinit { for chunk in chunks { chunk.deallocate() } }

  /// A location for `key`, which is not counted until `keep`.
  mutating func spare(for key: Record.Key) -> UnsafeMutablePointer<Record> {
    if count == chunks.count * Self.chunkCount {
      // At the start of a cache line, so that reading a location touches few.
      let chunk = UnsafeMutableRawPointer.allocate(
        byteCount: MemoryLayout<Record>.stride * Self.chunkCount, alignment: 64)
      chunks.append(chunk.bindMemory(to: Record.self, capacity: Self.chunkCount))
    }
    let record = self[count]
    nt_prefetch_for_writing(record + 4)
    record.initialize(to: Record(key))
    return record
  }

  /// Counts the location that `spare` gave.
  mutating func keep() { count += 1 }

  subscript(index: Int) -> UnsafeMutablePointer<Record> {
    chunks[index / Self.chunkCount] + index % Self.chunkCount
  }

  /// Forgets all locations, and frees the memory for more than `kept` of them.
  mutating func reset(keeping kept: Int = 1 << 18) {
    count = 0
    while chunks.count > kept / Self.chunkCount { chunks.removeLast().deallocate() }
  }
}

// Parsed code objects by hash.

internal import Ledger
internal import Primitives
internal import Synchronization

/// Open addressing over pointers to entries that stay where they are. Any thread may look things up
/// while one at a time inserts; taking out needs that nobody else is at it.
struct CodeTable: ~Copyable {
  struct Entry {
    let code: Unmanaged<Code>
    let reference: CodeReference
    let hash: Hash256
    /// The step that brought the code, 0 for code from the database.
    var step: UInt64
    /// Whether somebody asked for it since the last sweep. Threads set it, to the same value.
    var isReferenced: Bool
  }

  private var slotCount = 1 << 20
  private var entryLimit: Int { slotCount / 2 }

  private var index: UnsafeMutablePointer<Atomic<UInt>>
  private var count = 0
  /// The bytes of all code objects.
  private(set) var byteCount = 0
  /// Code from the database for which the index had no place.
  private var others: [Code] = []

  init() {
    index = Self.makeIndex(slotCount)
  }

  deinit {
    for place in 0..<slotCount { if let entry = entry(place) { Self.free(entry) } }
    SystemMemory.unmap(UnsafeMutableRawPointer(index), byteCount: slotCount * 8)
  }

  private static func makeIndex(_ count: Int) -> UnsafeMutablePointer<Atomic<UInt>> {
    SystemMemory.allocate(byteCount: count * 8).bindMemory(to: Atomic<UInt>.self, capacity: count)
  }

  /// Makes room for so many more codes that are nowhere else. Nobody else may be at the table.
  mutating func makeRoom(for wanted: Int) {
    while count + wanted > entryLimit {
      let (former, formerCount) = (index, slotCount)
      slotCount *= 2
      index = Self.makeIndex(slotCount)
      for place in 0..<formerCount {
        let address = former[place].load(ordering: .relaxed)
        if let entry = UnsafeMutablePointer<Entry>(bitPattern: address) { link(entry) }
      }
      SystemMemory.unmap(UnsafeMutableRawPointer(former), byteCount: formerCount * 8)
    }
  }

  private func entry(_ place: Int) -> UnsafeMutablePointer<Entry>? {
    UnsafeMutablePointer(bitPattern: index[place].load(ordering: .acquiring))
  }

  private static func free(_ entry: UnsafeMutablePointer<Entry>) {
    entry.pointee.code.release()
    entry.deallocate()
  }

  /// The entry of the code with this hash.
  @inline(__always)
  func find(_ hash: Hash256) -> UnsafeMutablePointer<Entry>? {
    var place = home(hash)
    while let entry = entry(place) {
      if entry.pointee.hash == hash {
        if !entry.pointee.isReferenced { entry.pointee.isReferenced = true }
        return entry
      }
      place = (place &+ 1) & (slotCount - 1)
    }
    return nil
  }

  @inline(__always)
  private func home(_ hash: Hash256) -> Int {
    Int(truncatingIfNeeded: hash.flatHash(FlatSecret.shared)) & (slotCount - 1)
  }

  /// Keeps a code that came in `step`, or came again: where it came before may be undone by now.
  mutating func insert(_ code: Code, step: UInt64) {
    if let entry = find(code.hash) {
      // Who only reads has step zero, and changes nothing that others read.
      if entry.pointee.step < step { entry.pointee.step = step }
      return
    }
    byteCount += Code.footprint(ofCount: code.reference.count)
    guard count < entryLimit else {
      others.append(code)
      return
    }
    let entry = UnsafeMutablePointer<Entry>.allocate(capacity: 1)
    entry.initialize(
      to: Entry(
        code: .passRetained(code), reference: code.reference, hash: code.hash, step: step,
        isReferenced: true))
    link(entry)
    count += 1
  }

  private func link(_ entry: UnsafeMutablePointer<Entry>) {
    var place = home(entry.pointee.hash)
    while index[place].load(ordering: .relaxed) != 0 { place = (place &+ 1) & (slotCount - 1) }
    index[place].store(UInt(bitPattern: entry), ordering: .releasing)
  }

  /// Takes out code that nobody asked for since the last sweep and that came in `newest` or earlier.
  mutating func sweep(upTo newest: UInt64) {
    others.removeAll()
    var kept: [UnsafeMutablePointer<Entry>] = []
    for place in 0..<slotCount {
      guard let entry = entry(place) else { continue }
      index[place].store(0, ordering: .relaxed)
      if entry.pointee.isReferenced || entry.pointee.step > newest {
        entry.pointee.isReferenced = false
        kept.append(entry)
      } else {
        Self.free(entry)
      }
    }
    count = kept.count
    byteCount = 0
    for entry in kept {
      link(entry)
      byteCount += Code.footprint(ofCount: entry.pointee.reference.count)
    }
  }
}

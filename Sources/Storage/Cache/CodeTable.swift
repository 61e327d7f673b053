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
    let step: UInt64
    /// Whether somebody asked for it since the last sweep. Threads set it, to the same value.
    var isReferenced: Bool
  }

  private static let slotCount = 1 << 20
  private static let entryLimit = slotCount / 2

  private let index: UnsafeMutablePointer<Atomic<UInt>>
  private var count = 0
  /// The bytes of all code objects.
  private(set) var byteCount = 0
  /// Code for which the index had no place.
  private var others: [Code] = []

  init() {
    index = SystemMemory.allocate(byteCount: Self.slotCount * 8)
      .bindMemory(to: Atomic<UInt>.self, capacity: Self.slotCount)
  }

  deinit {
    for place in 0..<Self.slotCount { if let entry = entry(place) { Self.free(entry) } }
    SystemMemory.free(UnsafeMutableRawPointer(index), byteCount: Self.slotCount * 8)
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
    var place = Self.home(hash)
    while let entry = entry(place) {
      if entry.pointee.hash == hash {
        if !entry.pointee.isReferenced { entry.pointee.isReferenced = true }
        return entry
      }
      place = (place &+ 1) & (Self.slotCount - 1)
    }
    return nil
  }

  @inline(__always)
  private static func home(_ hash: Hash256) -> Int {
    Int(truncatingIfNeeded: hash.flatHash(FlatSecret.shared)) & (slotCount - 1)
  }

  /// Keeps a code that came in `step`; nothing happens when one with its hash is there.
  mutating func insert(_ code: Code, step: UInt64) {
    if find(code.hash) != nil { return }
    byteCount += Code.footprint(ofCount: code.reference.count)
    guard count < Self.entryLimit else {
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
    var place = Self.home(entry.pointee.hash)
    while index[place].load(ordering: .relaxed) != 0 { place = (place &+ 1) & (Self.slotCount - 1) }
    index[place].store(UInt(bitPattern: entry), ordering: .releasing)
  }

  /// Takes out code that nobody asked for since the last sweep and that came in `newest` or earlier.
  mutating func sweep(upTo newest: UInt64) {
    others.removeAll()
    var kept: [UnsafeMutablePointer<Entry>] = []
    for place in 0..<Self.slotCount {
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

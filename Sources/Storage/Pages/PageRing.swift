// Pages in the order in which they came.

internal import Primitives
internal import State

/// Pages in a ring of memory: a new one takes the place of the oldest. An index finds them by name.
///
/// The index is cut into lines of 16 words; a page stands in the line that its hash tells, or nowhere:
///
///     word: [ bits of the hash | unit at which the page begins + 1 ], 0 where empty
///
/// Whatever is done here is done under a lock.
struct PageRing: ~Copyable {
  private let index: UnsafeMutablePointer<UInt32>
  private let lineMask: Int
  /// How many bits of a word name a unit.
  private let unitBits: UInt32
  private let pages: UnsafeMutableRawPointer
  private let capacity: Int
  private let secret = FlatSecret.shared
  /// Where the next page begins, and the oldest; bytes from there to here.
  private var head = 0
  private var tail = 0
  private var occupied = 0

  private static let lineSize = 16
  /// Bytes for which there is a word of the index, at least.
  private static let bytesPerWord = 64

  /// A ring in `byteCount` bytes, many of them, up to 32 GiB, and all zero: a 16th at most for the index,
  /// the rest for pages.
  init(in memory: UnsafeMutableRawPointer, byteCount: Int) {
    let words = 1 << (Int.bitWidth - 1 - (byteCount / Self.bytesPerWord).leadingZeroBitCount)
    index = memory.bindMemory(to: UInt32.self, capacity: words)
    lineMask = words / Self.lineSize - 1
    pages = memory + 4 * words
    capacity = (byteCount - 4 * words) & ~(LeafPage.unit - 1)
    let units = capacity / LeafPage.unit
    unitBits = UInt32(Int.bitWidth - units.leadingZeroBitCount)
  }

  /// How many bytes pages and index take.
  var byteCount: Int { occupied + (lineMask + 1) * Self.lineSize * 4 }

  private func page(_ word: UInt32) -> LeafPage {
    LeafPage(at: pages + (Int(word & (1 << unitBits - 1)) - 1) * LeafPage.unit)
  }

  private func line(_ hash: UInt64) -> UnsafeMutablePointer<UInt32> {
    index + (Int(truncatingIfNeeded: hash >> 32) & lineMask) * Self.lineSize
  }

  /// The bits of the hash that a word has: others than those that tell ring and line.
  private func tag(_ hash: UInt64) -> UInt32 {
    UInt32(truncatingIfNeeded: hash >> 12) << unitBits
  }

  /// The page of this name and hash, good until something is added.
  func find(_ name: PageName, hash: UInt64) -> LeafPage? {
    word(of: name, hash: hash).map { page($0.pointee) }
  }

  private func word(of name: PageName, hash: UInt64) -> UnsafeMutablePointer<UInt32>? {
    let (line, tag) = (line(hash), tag(hash))
    for place in 0..<Self.lineSize {
      let word = line[place]
      if word != 0, (word ^ tag) >> unitBits == 0, page(word).isNamed(name) { return line + place }
    }
    return nil
  }

  /// Keeps a copy of a page in the place of the one that has the same name; whether another one went
  /// for it.
  mutating func add(_ page: LeafPage, hash: UInt64) -> Bool {
    let name = page.name
    remove(name, hash: hash)
    let size = page.sizeToKeep
    var isTight = makePlace(size)
    let copy = LeafPage(at: pages + head)
    copy.initialize(name, size: size)
    copy.copy(from: page)
    let line = line(hash)
    var place = 0
    while place < Self.lineSize && line[place] != 0 { place += 1 }
    if place == Self.lineSize {
      // Any of them goes: chance has put them here.
      place = Int(truncatingIfNeeded: hash) % Self.lineSize
      self.page(line[place]).kind = .none
      isTight = true
    }
    line[place] = tag(hash) | UInt32(head / LeafPage.unit + 1)
    advance(size)
    return isTight
  }

  /// Forgets the page of this name, if there is one.
  mutating func remove(_ name: PageName, hash: UInt64) {
    guard let word = word(of: name, hash: hash) else { return }
    page(word.pointee).kind = .none
    word.pointee = 0
  }

  /// Forgets all pages of storages of these accounts.
  mutating func removeStorages(of accounts: Set<Hash256>) {
    var (place, rest) = (tail, occupied)
    while rest > 0 {
      let page = LeafPage(at: pages + place)
      if page.kind == .slots && accounts.contains(page.name.trie.accountHash) {
        remove(page.name, hash: page.name.hash(secret))
      }
      place += page.size
      rest -= page.size
      if place == capacity { place = 0 }
    }
  }

  // MARK: - The ring

  private mutating func advance(_ size: Int) {
    head += size
    occupied += size
    if head == capacity { head = 0 }
  }

  /// Lets the oldest pages go until there are `size` bytes from `head` on; whether one that was of use
  /// went.
  private mutating func makePlace(_ size: Int) -> Bool {
    var isTight = false
    if head + size > capacity {
      let rest = capacity - head
      while capacity - occupied < rest { isTight = removeOldest() || isTight }
      let filler = LeafPage(at: pages + head)
      filler.size = rest
      filler.kind = .none
      advance(rest)
    }
    while capacity - occupied < size { isTight = removeOldest() || isTight }
    return isTight
  }

  private mutating func removeOldest() -> Bool {
    let oldest = LeafPage(at: pages + tail)
    let size = oldest.size
    let isOfUse = oldest.kind != .none
    if isOfUse { remove(oldest.name, hash: oldest.name.hash(secret)) }
    tail += size
    occupied -= size
    if tail == capacity { tail = 0 }
    return isOfUse
  }
}

// Pages in the order in which they came.

internal import Primitives

/// Pages in a ring of memory: a new one takes the place of the oldest. An index finds them by name.
///
///     index: [ upper 32 bits of the hash | unit at which the page begins + 1 ], 0 where empty
///
/// Whatever is done here is done under a lock.
struct PageRing: ~Copyable {
  private let index: UnsafeMutablePointer<UInt64>
  private let mask: Int
  private let pages: UnsafeMutableRawPointer
  private let capacity: Int
  private let secret = FlatSecret.shared
  private var count = 0
  /// Where the next page begins, and the oldest; bytes from there to here.
  private var head = 0
  private var tail = 0
  private var occupied = 0

  /// A ring in `byteCount` bytes, many of them and all zero: a 16th at most for the index, the rest for pages.
  init(in memory: UnsafeMutableRawPointer, byteCount: Int) {
    let slots = 1 << (Int.bitWidth - 1 - (byteCount / 128).leadingZeroBitCount)
    index = memory.bindMemory(to: UInt64.self, capacity: slots)
    mask = slots - 1
    pages = memory + 8 * slots
    capacity = (byteCount - 8 * slots) & ~(LeafPage.unit - 1)
  }

  /// How many bytes pages and index take.
  var byteCount: Int { occupied + (mask + 1) * 8 }

  /// Pages fill so much of the index, at most.
  private var isIndexFull: Bool { 4 * (count + 1) > 3 * (mask + 1) }

  private func page(_ word: UInt64) -> LeafPage {
    LeafPage(at: pages + (Int(truncatingIfNeeded: word & 0xffff_ffff) - 1) * LeafPage.unit)
  }

  private func home(_ word: UInt64) -> Int { Int(truncatingIfNeeded: word >> 32) & mask }

  /// The page of this name and hash, good until something is added.
  func find(_ name: PageName, hash: UInt64) -> LeafPage? {
    let place = place(name, hash: hash)
    return place < 0 ? nil : page(index[place])
  }

  private func place(_ name: PageName, hash: UInt64) -> Int {
    var place = home(hash)
    while true {
      let word = index[place]
      if word == 0 { return -1 }
      if (word ^ hash) >> 32 == 0, page(word).isNamed(name) { return place }
      place = (place &+ 1) & mask
    }
  }

  /// Keeps a copy of a page in the place of the one that has the same name; whether another one went
  /// for it.
  mutating func add(_ page: LeafPage, hash: UInt64) -> Bool {
    remove(page.name, hash: hash)
    let size = page.sizeToKeep
    guard size <= capacity / 4 else { return true }
    let before = count
    makePlace(size)
    let isTight = count < before
    let copy = LeafPage(at: pages + head)
    copy.initialize(page.name, size: size)
    copy.copy(from: page)
    link(hash & ~0xffff_ffff | UInt64(head / LeafPage.unit + 1))
    count += 1
    advance(size)
    return isTight
  }

  /// Forgets the page of this name, if there is one.
  mutating func remove(_ name: PageName, hash: UInt64) {
    let place = place(name, hash: hash)
    guard place >= 0 else { return }
    page(index[place]).kind = .none
    unlink(place)
    count -= 1
  }

  /// Forgets all pages.
  mutating func removeAll() {
    index.update(repeating: 0, count: mask + 1)
    (count, head, tail, occupied) = (0, 0, 0, 0)
  }

  // MARK: - The ring

  private mutating func advance(_ size: Int) {
    head += size
    occupied += size
    if head == capacity { head = 0 }
  }

  /// Lets the oldest pages go until there are `size` bytes from `head` on, and a place in the index.
  private mutating func makePlace(_ size: Int) {
    while isIndexFull { removeOldest() }
    if head + size > capacity {
      let rest = capacity - head
      while capacity - occupied < rest { removeOldest() }
      let filler = LeafPage(at: pages + head)
      filler.size = rest
      filler.kind = .none
      advance(rest)
    }
    while capacity - occupied < size { removeOldest() }
  }

  private mutating func removeOldest() {
    let oldest = LeafPage(at: pages + tail)
    let size = oldest.size
    if oldest.kind != .none {
      let name = oldest.name
      remove(name, hash: name.hash(secret))
    }
    tail += size
    occupied -= size
    if tail == capacity { tail = 0 }
  }

  // MARK: - The index

  private func link(_ word: UInt64) {
    var place = home(word)
    while index[place] != 0 { place = (place &+ 1) & mask }
    index[place] = word
  }

  /// Empties an index word and moves back those behind it that would no longer be reached.
  private func unlink(_ place: Int) {
    var hole = place
    var place = place
    while true {
      place = (place &+ 1) & mask
      let word = index[place]
      if word == 0 { break }
      if (place &- home(word)) & mask >= (place &- hole) & mask {
        index[hole] = word
        hole = place
      }
    }
    index[hole] = 0
  }
}

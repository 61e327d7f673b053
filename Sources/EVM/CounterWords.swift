// Commutative storage: words that are loaded, added to or subtracted from, range-checked and stored.

import Ledger
import Primitives

/// Where on the stack the word of a counter lies, or that word with a constant added or subtracted.
///
/// A counter is a slot that others change at the same time. As long as nothing but sums, comparisons
/// and stores into the same slot are made of its word, the run depends on it only by the bounds within
/// which each comparison comes out the same; the host hears of these. Everything else makes the exact
/// word matter, which the host hears too. The run itself goes on with the word as it was loaded.
///
/// The words of a frame stand after those of its callers.
struct CounterWords {
  /// How many words are followed at once. Of more, the exact value counts as used.
  static let capacity = 8

  struct Word: BitwiseCopyable {
    var position: UnsafeMutablePointer<UInt256>
    let counter: UInt32
  }

  private let words: UnsafeMutablePointer<Word> = .allocate(capacity: capacity)
  private(set) var count = 0
  /// Where the highest one lies; below all stacks when there is none.
  private var highest: UInt = 0
  /// The counter whose word the SSTORE about to run stores.
  private var stored = StorageLoad.noCounter

  mutating func free() { words.deallocate() }

  /// Forgets all but the first `count`.
  @inline(__always)
  mutating func keep(_ count: Int) {
    if count >= self.count { return }
    self.count = count
    findHighest()
  }

  private mutating func findHighest() {
    highest = 0
    for index in 0..<count { highest = max(highest, UInt(bitPattern: words[index].position)) }
  }

  /// Whether the next instruction takes, copies or moves a word that is followed, or lies below one.
  @inline(__always)
  func reaches(_ registers: Registers) -> Bool {
    let depth = OpcodeTraits.reach[Int(registers.pc.pointee)]
    return UInt(bitPattern: registers.top - Int(depth)) <= highest
  }

  /// The counter whose word lies at `position`; `noCounter` if it is an ordinary word.
  func counter(at position: UnsafeMutablePointer<UInt256>) -> UInt32 {
    for index in 0..<count where words[index].position == position { return words[index].counter }
    return StorageLoad.noCounter
  }

  /// Follows a word; false when there is no room.
  mutating func add(_ counter: UInt32, at position: UnsafeMutablePointer<UInt256>) -> Bool {
    if count == Self.capacity { return false }
    (words + count).initialize(to: Word(position: position, counter: counter))
    count += 1
    highest = max(highest, UInt(bitPattern: position))
    return true
  }

  /// Forgets the word at `position`, and tells its counter.
  mutating func remove(at position: UnsafeMutablePointer<UInt256>) -> UInt32 {
    for index in 0..<count where words[index].position == position {
      let counter = words[index].counter
      for later in index + 1..<max(index + 1, count) { words[later - 1] = words[later] }
      count -= 1
      findHighest()
      return counter
    }
    return StorageLoad.noCounter
  }

  /// Notes that two words change places.
  mutating func swap(
    _ one: UnsafeMutablePointer<UInt256>, _ other: UnsafeMutablePointer<UInt256>
  ) {
    for index in 0..<count {
      if words[index].position == one {
        words[index].position = other
      } else if words[index].position == other {
        words[index].position = one
      }
    }
    findHighest()
  }

  /// Notes whose word is about to be stored.
  mutating func store(_ counter: UInt32) { stored = counter }

  /// Whose word the running SSTORE stores.
  @inline(__always)
  mutating func takeStored() -> UInt32 {
    let counter = stored
    stored = StorageLoad.noCounter
    return counter
  }
}

extension Frame {
  /// Whether there are words of this frame to follow.
  @inline(__always)
  var follows: Bool { machine.pointee.counters.count > followedByCallers }

  /// Follows the word on top of the stack.
  @inline(never)
  func follow(_ counter: UInt32) { follow(counter, at: top - 1) }

  private func follow(_ counter: UInt32, at position: UnsafeMutablePointer<UInt256>) {
    if machine.pointee.tracer != nil || !machine.pointee.counters.add(counter, at: position) {
      host.observe(counter)
    }
  }

  /// Looks at what the next instruction, which reaches words that are followed, makes of them; whether
  /// any are left.
  @inline(never)
  func followStep() -> Bool {
    let opcode = unsafeBitCast(registers.pc.pointee, to: Opcode.self)
    let byte = opcode.rawValue
    let depth = Int(OpcodeTraits.reach[Int(byte)])
    // What finds too few words ends the frame.
    guard depth <= top - registers.base else { return follows }
    switch byte {
    case Opcode.dup1.rawValue...Opcode.dup16.rawValue:
      let counter = machine.pointee.counters.counter(at: top - depth)
      // Where there is no room for the copy the exact word counts as used, by whoever uses it.
      if counter != StorageLoad.noCounter { follow(counter, at: top) }
    case Opcode.swap1.rawValue...Opcode.swap16.rawValue:
      machine.pointee.counters.swap(top - 1, top - depth)
    default:
      if depth > 0 { use(opcode, depth) }
    }
    return follows
  }

  /// Finds out what an instruction makes of its operands, of which at least one is followed. They are
  /// no longer followed then.
  private func use(_ opcode: Opcode, _ pops: Int) {
    let first = machine.pointee.counters.remove(at: top - 1)
    let second =
      pops > 1 ? machine.pointee.counters.remove(at: top - 2) : StorageLoad.noCounter
    switch opcode {
    case .pop: break
    case .add: sum(first, second)
    case .sub: difference(first, second)
    case .and: mask(first, second)
    case .lt, .gt, .eq: compare(first, second)
    case .iszero: keepApart(first, top[-1], from: .zero)
    case .jumpi:
      observe(first)
      if second != StorageLoad.noCounter { keepApart(second, top[-2], from: .zero) }
    case .sstore:
      observe(first)
      machine.pointee.counters.store(second)
    default:
      observe(first)
      observe(second)
      for depth in stride(from: pops, to: 2, by: -1) {
        observe(machine.pointee.counters.remove(at: top - depth))
      }
    }
  }

  private func observe(_ counter: UInt32) {
    if counter != StorageLoad.noCounter { host.observe(counter) }
  }

  private func sum(_ first: UInt32, _ second: UInt32) {
    if first != StorageLoad.noCounter, second != StorageLoad.noCounter {
      observe(first)
      observe(second)
    } else {
      follow(min(first, second), at: top - 2)
    }
  }

  private func difference(_ first: UInt32, _ second: UInt32) {
    if second == StorageLoad.noCounter {
      follow(first, at: top - 2)
    } else if first != second {
      observe(first)
      observe(second)
    }
  }

  /// AND: a mask of low bits leaves a word alone that is not above it.
  private func mask(_ first: UInt32, _ second: UInt32) {
    let (counter, word, mask) =
      second == StorageLoad.noCounter ? (first, top[-1], top[-2]) : (second, top[-2], top[-1])
    guard first == StorageLoad.noCounter || second == StorageLoad.noCounter,
      (mask & (mask &+ UInt256(1))).isZero, word <= mask
    else {
      observe(first)
      return observe(second)
    }
    host.narrow(counter, up: mask &- word, down: word)
    follow(counter, at: top - 2)
  }

  /// LT, GT and EQ.
  private func compare(_ first: UInt32, _ second: UInt32) {
    if second == StorageLoad.noCounter {
      keepApart(first, top[-1], from: top[-2])
    } else if first == StorageLoad.noCounter {
      keepApart(second, top[-2], from: top[-1])
    } else if first == second {
      // Neither may go beyond 0 or 2^256, then they keep their order.
      for word in [top[-1], top[-2]] {
        host.narrow(first, up: UInt256.max &- word, down: word)
      }
    } else {
      observe(first)
      observe(second)
    }
  }

  /// Demands that a word stays on its side of another.
  private func keepApart(_ counter: UInt32, _ word: UInt256, from other: UInt256) {
    if word == other { return observe(counter) }
    host.narrow(
      counter, up: (word < other ? other &- UInt256(1) : UInt256.max) &- word,
      down: word < other ? word : word &- other &- UInt256(1))
  }
}

// FlatTable against Dictionary.

import Primitives
import Samples
import Testing

/// A key whose hash is as bad as an attacker could wish.
private struct CollidingKey: FlatKey, Hashable {
  var value: UInt64
  func flatHash(_ secret: FlatSecret) -> UInt64 { value & 3 }
}

@Suite struct FlatTableTests {
  /// Random insertions, updates, removals and clearings, compared after each with a dictionary.
  private func compare<Key: FlatKey & Hashable>(
    seed: UInt64, steps: Int, makeKey: (inout SeededGenerator) -> Key
  ) {
    var source = SeededGenerator(seed: seed)
    var table = FlatTable<Key, UInt64>()
    var dictionary: [Key: UInt64] = [:]
    for step in 0..<steps {
      let key = makeKey(&source)
      let value = source.next()
      switch source.next() % 16 {
      case 0..<8:
        let (pointer, inserted) = table.insertIfAbsent(key, value)
        #expect(inserted == (dictionary[key] == nil))
        if inserted { dictionary[key] = value }
        #expect(pointer.pointee == dictionary[key])
      case 8..<10:
        table.update(key, value)
        dictionary[key] = value
      case 10..<14:
        #expect(table.remove(key) == (dictionary.removeValue(forKey: key) != nil))
      case 14:
        if let pointer = table.find(key) {
          pointer.pointee &+= 1
          dictionary[key]? &+= 1
        }
      default:
        if step % 64 == 0 {
          table.removeAll(keepingCapacity: value & 1 == 0)
          dictionary = [:]
        }
      }
      #expect(table.count == dictionary.count)
      #expect(table.find(key)?.pointee == dictionary[key])
      #expect(table.contains(key) == (dictionary[key] != nil))
    }
    var seen: [Key: UInt64] = [:]
    table.forEach { seen[$0] = $1 }
    #expect(seen == dictionary)
  }

  @Test func behavesLikeADictionary() {
    compare(seed: 31, steps: 20_000) { $0.next() % 512 }
    compare(seed: 32, steps: 20_000) { Address(truncating: $0.word()) }
    compare(seed: 33, steps: 20_000) { $0.word() }
    compare(seed: 34, steps: 20_000) { Hash256(UInt256($0.next() % 300) &<< 192) }
    compare(seed: 35, steps: 20_000) { source in
      StorageKey(
        address: Address(source.next() % 4), slot: UInt256(source.next() % 64) &<< 200)
    }
  }

  @Test func keysThatAllCollideAreStillToldApart() {
    compare(seed: 36, steps: 5_000) { CollidingKey(value: $0.next() % 128) }
  }

  @Test func growsAndKeepsTheOrderOfInsertion() {
    var table = FlatTable<UInt256, UInt256>()
    for number in 0..<100_000 {
      table.insertIfAbsent(UInt256(number), UInt256(number) &* UInt256(3))
    }
    #expect(table.count == 100_000)
    var next = 0
    table.forEach { key, value in
      #expect(key == UInt256(next) && value == UInt256(3 * next))
      next += 1
    }
    #expect(table.key(at: 77) == UInt256(77) && table.value(at: 77).pointee == UInt256(231))
    for number in 100_000..<101_000 { #expect(table.find(UInt256(number)) == nil) }
  }

  @Test func aLargeTableThatHeldLittleIsClearedCompletely() {
    var table = FlatTable<UInt64, UInt64>(minimumCapacity: 10_000)
    for round in 0..<50 as Range<UInt64> {
      for key in 0..<20 as Range<UInt64> {
        #expect(table.insertIfAbsent(key &* 977 &+ round, round).inserted)
      }
      table.removeAll()
      #expect(table.isEmpty && table.find(round) == nil)
    }
  }

  @Test func valuesAreAlignedAfterKeysOfOddSize() {
    var table = FlatTable<Address, (UInt8, UInt256)>()
    for number in 0..<100 as Range<UInt64> {
      table.insertIfAbsent(Address(number), (UInt8(number), UInt256(number)))
    }
    for number in 0..<100 as Range<UInt64> {
      let value = table.find(Address(number))
      #expect(value?.pointee.0 == UInt8(number) && value?.pointee.1 == UInt256(number))
    }
  }
}

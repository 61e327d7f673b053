// Every target runs clean and repeats; what goes wrong is found, made small and reported.

@testable import Fuzzing
import Primitives
import Samples
import Testing

@Suite struct FuzzTargetTests {
  @Test(arguments: FuzzTargets.names)
  func `A few rounds of every target find nothing`(name: String) throws {
    let type = try #require(FuzzTargets.named(name))
    let target = type.init()
    for round in UInt64(0)..<40 {
      var generator = SeededGenerator(seed: 7, target: name, round: round)
      let finding = target.run(&generator)
      #expect(finding?.description == nil)
    }
  }

  @Test func `Names are unique`() {
    #expect(Set(FuzzTargets.names).count == FuzzTargets.all.count)
  }

  @Test func `The same round gives the same numbers, another one others`() {
    var first = SeededGenerator(seed: 1, target: "rlp", round: 5)
    var again = SeededGenerator(seed: 1, target: "rlp", round: 5)
    var other = SeededGenerator(seed: 1, target: "rlp", round: 6)
    let numbers = (0..<8).map { _ in first.next() }
    #expect(numbers == (0..<8).map { _ in again.next() })
    #expect(numbers != (0..<8).map { _ in other.next() })
  }

  @Test func `A state test is the same each time it is written`() {
    let text = StateTestFiles.text(seed: 3, index: 2, count: 5)
    #expect(text == StateTestFiles.text(seed: 3, index: 2, count: 5))
    #expect(text != StateTestFiles.text(seed: 3, index: 3, count: 5))
  }

  @Test func `A failing input shrinks to what makes it fail`() {
    var generator = SeededGenerator(seed: 1)
    let bytes = generator.bytes(500) + [0xca, 0xfe] + generator.bytes(500)
    let smallest = Shrinker.smallest(bytes) { bytes in
      zip(bytes, bytes.dropFirst()).contains { $0 == 0xca && $1 == 0xfe }
    }
    #expect(smallest == [0xca, 0xfe])
  }

  @Test func `A finding carries its smallest input`() throws {
    let target = FaultyTarget()
    var generator = SeededGenerator(seed: 1)
    let finding = try #require(target.run(&generator))
    #expect(finding == Finding("too long: 10", input: [UInt8](repeating: 0, count: 10)))
  }
}

/// A decoder that cannot bear ten bytes.
private final class FaultyTarget: ByteTarget {
  static let name = "faulty"
  static let summary = "for this test"

  func bytes(_ generator: inout SeededGenerator) -> [UInt8] { generator.bytes(64) }

  func check(_ bytes: [UInt8]) -> String? { bytes.count < 10 ? nil : "too long: \(bytes.count)" }
}

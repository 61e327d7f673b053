import Primitives
import Samples
import Testing

@testable import State

@Suite struct OrderedTrieRootBatchedTests {
  /// Runs the jobs backwards, so that no one can depend on an earlier one.
  private let backwards: ConcurrentRun = { jobs, body in
    for job in (0..<jobs).reversed() { body(job, 0) }
  }

  private func items(_ count: Int, sizes: ClosedRange<Int>, seed: UInt64) -> [[UInt8]] {
    var random = SeededGenerator(seed: seed)
    return (0..<count).map { _ in
      (0..<sizes.lowerBound + random.below(sizes.count)).map { _ in UInt8(random.below(256)) }
    }
  }

  private func root(_ items: [[UInt8]]) -> Hash256 {
    OrderedTrieRoot.of(items.count, run: backwards) { index, encoder in
      items[index].withUnsafeBytes { encoder.appendRaw($0) }
    }
  }

  @Test(arguments: Array(0...20) + [126, 127, 128, 129, 255, 256, 257, 300, 1000, 70_000])
  func batchedRootIsTheRootOfTheList(count: Int) {
    for sizes in [1...3, 20...60, 100...600] where count < 10_000 || sizes.upperBound < 100 {
      let items = items(count, sizes: sizes, seed: UInt64(count))
      #expect(root(items) == OrderedTrieRoot.of(items))
    }
  }
}

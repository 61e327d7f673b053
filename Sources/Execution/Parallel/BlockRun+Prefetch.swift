// Bringing near what transactions are about to need.

import Ledger
import Primitives

extension BlockRun {
  /// At every sixteenth transaction of a range, brings near the accounts that the next sixteen are
  /// about.
  @inline(__always)
  func prefetch(_ index: Int, in range: Range<Int>) {
    if (index &- range.lowerBound) & 15 == 0 && range.count > 3 {
      prefetch(index..<min(index + 16, range.upperBound))
    }
  }

  @inline(never)
  private func prefetch(_ range: Range<Int>) {
    withUnsafeTemporaryAllocation(of: Address.self, capacity: 2 * range.count) { list in
      var count = 0
      for index in range {
        list.initializeElement(at: count, to: senders[index])
        count += 1
        guard let recipient = transactions[index].to else { continue }
        list.initializeElement(at: count, to: recipient)
        count += 1
      }
      memory.pointee.prefetch(UnsafeBufferPointer(rebasing: list[0..<count]))
    }
  }
}

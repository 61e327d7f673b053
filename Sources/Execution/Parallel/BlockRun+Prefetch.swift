// Bringing near what transactions are about to need.

import CKernels
import Ledger
import Primitives

/// Where the data of a transaction stand in it: as the address of the array's buffer.
private let dataOffset = MemoryLayout<Transaction>.offset(of: \.data)

extension BlockRun {
  /// At every sixteenth transaction of a range, brings near the data of the next sixteen and the
  /// accounts that they are about.
  @inline(__always)
  func prefetch(_ index: Int, in range: Range<Int>) {
    if (index &- range.lowerBound) & 15 == 0 && range.count > 3 {
      prefetch(index..<min(index + 16, range.upperBound))
    }
  }

  @inline(never)
  private func prefetch(_ range: Range<Int>) {
    prefetchData(range)
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

  private func prefetchData(_ range: Range<Int>) {
    guard let dataOffset else { return }
    for index in range {
      let field = UnsafeRawPointer(transactions.baseAddress.unsafelyUnwrapped + index) + dataOffset
      let buffer = UnsafeRawPointer(bitPattern: field.load(as: UInt.self))
      nt_prefetch(buffer)
      nt_prefetch(buffer.map { $0 + 64 })
    }
  }
}

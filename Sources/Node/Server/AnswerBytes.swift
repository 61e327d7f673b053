// What an answer over HTTP carries, until the client has received it.

internal import Synchronization

/// Bytes at a place that does not move, counted among those that wait to be sent for as long as the object lives.
final class AnswerBytes: @unchecked Sendable {
  let bytes: UnsafeMutableRawBufferPointer
  private let budget: ByteBudget
  private let isCounted = Atomic(true)

  /// Nil where too many wait already.
  convenience init?(_ bytes: [UInt8], in budget: ByteBudget) {
    guard budget.takeOrAlone(bytes.count) else { return nil }
    self.init(taken: bytes, budget)
  }

  /// Bytes that are few, and may always wait.
  convenience init(few bytes: [UInt8], in budget: ByteBudget) {
    budget.insistOn(bytes.count)
    self.init(taken: bytes, budget)
  }

  private init(taken bytes: [UInt8], _ budget: ByteBudget) {
    self.budget = budget
    self.bytes = UnsafeMutableRawBufferPointer.allocate(byteCount: bytes.count, alignment: 1)
    self.bytes.copyBytes(from: bytes)
  }

  /// Counts them no more: nobody is to receive them, and they will be gone in a moment.
  func giveUp() {
    if isCounted.exchange(false, ordering: .relaxed) { budget.give(bytes.count) }
  }

  deinit {
    giveUp()
    bytes.deallocate()
  }
}

// A queue between one who finds work and many who do it, bounded by what waiting work costs.

internal import Foundation

/// A first-in-first-out queue. Its cost (bytes in memory, say) is bounded: `push` waits for room.
final class WorkQueue<Item: Sendable>: @unchecked Sendable {
  private let condition = NSCondition()
  private let limit: Int
  private var items: [(item: Item, cost: Int)] = []
  private var head = 0
  private var cost = 0
  private var isClosed = false

  /// A queue whose waiting items cost at most `limit` together (or one item of any cost).
  init(limit: Int) { self.limit = limit }

  /// Adds an item; waits while the queue is full. False when the queue was closed meanwhile.
  func push(_ item: Item, cost itemCost: Int) -> Bool {
    condition.lock()
    defer { condition.unlock() }
    while !isClosed, head < items.count, cost + itemCost > limit { condition.wait() }
    guard !isClosed else { return false }
    items.append((item, itemCost))
    cost += itemCost
    condition.broadcast()
    return true
  }

  /// The next item; waits for one. Nil when the queue is closed and empty.
  func pop() -> Item? {
    condition.lock()
    defer { condition.unlock() }
    while head == items.count, !isClosed { condition.wait() }
    guard head < items.count else { return nil }
    let (item, itemCost) = items[head]
    head += 1
    cost -= itemCost
    if head > 1024, head * 2 > items.count {
      items.removeFirst(head)
      head = 0
    }
    condition.broadcast()
    return item
  }

  /// No more items will come.
  func close() {
    condition.lock()
    isClosed = true
    condition.broadcast()
    condition.unlock()
  }
}

// A stack of trivial elements that grows and is never copied.

/// A grow-only stack in raw memory. Where its budget refuses to let it grow, appending does nothing.
struct RawBuffer<Element: BitwiseCopyable>: ~Copyable {
  private(set) var base: UnsafeMutablePointer<Element>
  private(set) var count = 0
  private var capacity: Int
  private let budget: UnsafeMutablePointer<MemoryBudget>

  init(capacity: Int, budget: UnsafeMutablePointer<MemoryBudget>) {
    precondition(capacity > 0)
    self.capacity = capacity
    self.budget = budget
    base = .allocate(capacity: capacity)
  }

  deinit { base.deallocate() }

  @inline(__always)
  mutating func append(_ element: Element) {
    if count == capacity && !grow(for: 1) { return }
    (base + count).initialize(to: element)
    count &+= 1
  }

  mutating func append(contentsOf elements: UnsafeBufferPointer<Element>) {
    guard let source = elements.baseAddress else { return }
    if capacity - count < elements.count && !grow(for: elements.count) { return }
    (base + count).initialize(from: source, count: elements.count)
    count += elements.count
  }

  /// Drops all but the first `count` elements.
  @inline(__always)
  mutating func truncate(to count: Int) {
    // It may be shorter already when the budget refused something.
    self.count = Swift.min(count, self.count)
  }

  @inline(never)
  private mutating func grow(for more: Int) -> Bool {
    let stride = MemoryLayout<Element>.stride
    let wider = Swift.max(capacity * 2, count + more)
    guard budget.pointee.take((wider - capacity) * stride) else { return false }
    let grown = UnsafeMutablePointer<Element>.allocate(capacity: wider)
    grown.moveInitialize(from: base, count: count)
    base.deallocate()
    base = grown
    capacity = wider
    return true
  }
}

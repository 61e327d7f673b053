// A stack of trivial elements that grows and is never copied.

/// A grow-only stack in raw memory.
struct RawBuffer<Element: BitwiseCopyable>: ~Copyable {
  private(set) var base: UnsafeMutablePointer<Element>
  private(set) var count = 0
  private var capacity: Int

  init(capacity: Int) {
    precondition(capacity > 0)
    self.capacity = capacity
    base = .allocate(capacity: capacity)
  }

  deinit { base.deallocate() }

  @inline(__always)
  mutating func append(_ element: Element) {
    if count == capacity { grow(for: 1) }
    (base + count).initialize(to: element)
    count &+= 1
  }

  mutating func append(contentsOf elements: UnsafeBufferPointer<Element>) {
    guard let source = elements.baseAddress else { return }
    if capacity - count < elements.count { grow(for: elements.count) }
    (base + count).initialize(from: source, count: elements.count)
    count += elements.count
  }

  /// Drops all but the first `count` elements.
  @inline(__always)
  mutating func truncate(to count: Int) {
    assert(count <= self.count)
    self.count = count
  }

  @inline(never)
  private mutating func grow(for more: Int) {
    let wider = Swift.max(capacity * 2, count + more)
    let grown = UnsafeMutablePointer<Element>.allocate(capacity: wider)
    grown.moveInitialize(from: base, count: count)
    base.deallocate()
    base = grown
    capacity = wider
  }
}

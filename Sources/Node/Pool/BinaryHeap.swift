// A heap.

/// Elements of which the best is found at once.
struct BinaryHeap<Element> {
  private var elements: [Element]
  private let isBetter: (Element, Element) -> Bool

  /// A heap of these elements, ordered by what `isBetter` says of two.
  init(_ elements: [Element], _ isBetter: @escaping (Element, Element) -> Bool) {
    self.elements = elements
    self.isBetter = isBetter
    for index in elements.indices.reversed() { sink(index) }
  }

  var count: Int { elements.count }

  /// The best element.
  var first: Element? { elements.first }

  mutating func insert(_ element: Element) {
    elements.append(element)
    var index = elements.count - 1
    while index > 0, isBetter(elements[index], elements[(index - 1) / 2]) {
      elements.swapAt(index, (index - 1) / 2)
      index = (index - 1) / 2
    }
  }

  /// Takes the best element out.
  mutating func popFirst() -> Element? {
    guard let first = elements.first, let last = elements.popLast() else { return nil }
    if !elements.isEmpty {
      elements[0] = last
      sink(0)
    }
    return first
  }

  /// Puts another element where the best was.
  mutating func replaceFirst(by element: Element) {
    elements[0] = element
    sink(0)
  }

  private mutating func sink(_ start: Int) {
    var index = start
    while true {
      var best = index
      for child in 2 * index + 1...2 * index + 2
      where child < elements.count && isBetter(elements[child], elements[best]) {
        best = child
      }
      if best == index { return }
      elements.swapAt(index, best)
      index = best
    }
  }
}

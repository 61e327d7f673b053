// Random numbers that repeat, and the choices made with them.

/// The same seed always gives the same numbers, on every platform (SplitMix64).
public struct SeededGenerator: RandomNumberGenerator, Sendable {
  private var state: UInt64

  /// A generator that starts from `seed`.
  public init(seed: UInt64) { state = seed }

  /// The next number.
  public mutating func next() -> UInt64 {
    state &+= 0x9e37_79b9_7f4a_7c15
    var mixed = state
    mixed = (mixed ^ (mixed >> 30)) &* 0xbf58_476d_1ce4_e5b9
    mixed = (mixed ^ (mixed >> 27)) &* 0x94d0_49bb_1331_11eb
    return mixed ^ (mixed >> 31)
  }

  // The standard library does not promise which numbers it draws for a range; these are fixed.

  /// A number below `bound`, which is not zero.
  public mutating func below(_ bound: Int) -> Int {
    Int(truncatingIfNeeded: next().multipliedFullWidth(by: UInt64(bound)).high)
  }

  /// A number of a range that is not empty.
  public mutating func within(_ range: ClosedRange<Int>) -> Int {
    range.lowerBound + below(range.count)
  }

  /// True once in `count` times.
  public mutating func oneIn(_ count: Int) -> Bool { below(count) == 0 }

  /// One of `choices`, of which there is at least one.
  public mutating func pick<Choice>(_ choices: [Choice]) -> Choice { choices[below(choices.count)] }

  /// One of `choices`, each as often as its weight says.
  public mutating func pick<Choice>(weighted choices: [(weight: Int, choice: Choice)]) -> Choice {
    var ticket = below(choices.reduce(0) { $0 + $1.weight })
    for (weight, choice) in choices {
      if ticket < weight { return choice }
      ticket -= weight
    }
    return choices[0].choice
  }

  /// One way or the other.
  public mutating func flip() -> Bool { oneIn(2) }

  /// Any byte.
  public mutating func byte() -> UInt8 { UInt8(truncatingIfNeeded: next()) }

  /// So many bytes.
  public mutating func bytes(_ count: Int) -> [UInt8] { (0..<count).map { _ in byte() } }

  /// Bytes, at most so many.
  public mutating func bytes(upTo limit: Int) -> [UInt8] { bytes(below(limit + 1)) }

  /// Elements, at most so many.
  public mutating func array<Element>(
    upTo limit: Int, _ element: (inout SeededGenerator) -> Element
  ) -> [Element] {
    (0..<below(limit + 1)).map { _ in element(&self) }
  }
}

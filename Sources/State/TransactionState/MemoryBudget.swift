// How much memory the tables of a state may take.

/// What is left of a limit that several tables share.
///
/// A table asks before it grows. Refused once, `isExhausted` stays set: the table goes on without
/// room, its answers are worthless, and whoever executes must stop.
struct MemoryBudget {
  let limit: Int
  private(set) var left: Int
  private(set) var isExhausted = false

  init(limit: Int) {
    self.limit = limit
    left = limit
  }

  /// Whether so many bytes more may be taken; if so, they are.
  mutating func take(_ bytes: Int) -> Bool {
    guard bytes <= left else {
      isExhausted = true
      return false
    }
    left -= bytes
    return true
  }

  mutating func giveBack(_ bytes: Int) { left += bytes }

  /// Notes that something did not fit that no table holds.
  mutating func exhaust() { isExhausted = true }
}

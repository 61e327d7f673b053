// Multiples of points by public integers. Nothing here is constant time: no input is secret.

extension AffinePoint {
  /// n·p by double and add, for an integer in words, least significant first.
  func multiplied(by n: UInt64) -> JacobianPoint<Group> {
    var result = JacobianPoint<Group>.infinity
    guard n != 0 else { return result }
    for bit in (0..<(64 - n.leadingZeroBitCount)).reversed() {
      result = result.doubled()
      if n &>> UInt64(bit) & 1 == 1 { result = result + self }
    }
    return result
  }

  /// n·p for an integer of four words, least significant first, by windows of four bits.
  func multiplied(by n: (UInt64, UInt64, UInt64, UInt64)) -> JacobianPoint<Group> {
    withUnsafeTemporaryAllocation(of: JacobianPoint<Group>.self, capacity: 16) { table in
      table[0] = .infinity
      table[1] = JacobianPoint(self)
      for i in 2..<16 {
        table[i] = i & 1 == 0 ? table[i / 2].doubled() : table[i - 1] + self
      }
      var result = JacobianPoint<Group>.infinity
      var started = false
      for word in [n.3, n.2, n.1, n.0] {
        for shift in stride(from: 60, through: 0, by: -4) {
          if started {
            result = result.doubled().doubled().doubled().doubled()
          }
          let digit = Int(word &>> UInt64(shift) & 15)
          if digit != 0 {
            result = result + table[digit]
            started = true
          }
        }
      }
      return result
    }
  }
}

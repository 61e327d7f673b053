// 0xa0 to 0xa4: events.

import Primitives

extension Frame {
  @inline(never)
  mutating func log(topics count: Int) throws(Halt) {
    try require(count + 2)
    try requireMutable()
    let size = top[-2]
    try charge(GasTier.log + GasTier.logTopic &* Int64(count))
    // More bytes than this cost more than any gas, by their memory alone.
    let bytes = size.clampedToUInt64
    if bytes > 1 << 50 { throw .outOfGas }
    try charge(GasTier.logByte &* Int64(bytes))
    let data = UnsafeRawBufferPointer(try memoryRegion(at: top[-1], size: size))
    top -= 2 + count
    // The first topic is the uppermost, so they stand in memory last to first.
    withUnsafeTemporaryAllocation(of: UInt256.self, capacity: 4) { topics in
      for index in 0..<count { topics.initializeElement(at: index, to: top[count - 1 - index]) }
      host.log(
        message.recipient, topics: UnsafeBufferPointer(rebasing: topics[..<count]), data: data)
    }
    try checkHost()
  }
}

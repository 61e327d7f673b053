// 0x40 to 0x4a: the block.

import Primitives

extension Frame {
  @inline(never)
  mutating func blockhash() throws(Halt) {
    try require(1)
    try charge(GasTier.blockhash)
    let current = machine.pointee.block.number
    let number = top[-1].clampedToUInt64
    // Only the last 256 blocks, not this one.
    let isKnown = number < current && current &- number <= 256
    top[-1] = isKnown ? host.blockHash(number).word : .zero
  }

  @inline(never)
  mutating func selfbalance() throws(Halt) {
    try charge(.selfbalance)
    try push(host.balance(of: message.recipient))
  }

  @inline(never)
  mutating func blobhash() throws(Halt) {
    try require(1)
    try charge(.blobhash)
    let index = top[-1].clampedToUInt64
    let hashes = machine.pointee.blobHashes
    top[-1] = index < UInt64(hashes.count) ? hashes[Int(index)].word : .zero
  }
}

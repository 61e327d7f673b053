// Blocks beside the chain that are to outlive the process.

internal import Chain
internal import Ledger
internal import Primitives
internal import Storage

extension ConsensusChain {
  /// Lets blocks wait that the journal has kept, as far as they are neither in the chain nor far behind the head. To
  /// be called before the chain is asked for anything else.
  func takeUp(_ blocks: [SideJournal.SideBlock]) throws(StoreError) {
    for block in blocks where !isForgotten(block.header.number) {
      if try store.number(ofBlock: block.hash) != nil { continue }
      orphans.add(block.hash, block.header, block.encoding)
      orphans.forgetExcess()
    }
  }

  /// Writes a block beside the chain to the journal, with those that lead to it: it is about to be said to hold.
  func keep(_ hash: Hash256) throws(PipelineError) {
    guard let journal else { return }
    var next = hash
    while let side = aside[next], !journal.contains(next) {
      let block = next
      try Self.reading { () throws(StoreError) in
        try journal.append(block, try store.body(of: side.block).encodedBlock(side.header))
      }
      next = side.header.parentHash
    }
  }

  /// Writes blocks to the journal that the chain is about to leave.
  func keep(leaving blocks: [Aside]) throws(PipelineError) {
    guard let journal else { return }
    for side in blocks {
      let hash = side.block.block.hash
      if journal.contains(hash) { continue }
      try Self.reading { () throws(StoreError) in
        guard let encoding = try store.encodedBlock(side.header.number) else { return }
        try journal.append(hash, encoding)
      }
    }
  }

  /// Writes the journal anew where it has become long, with what is still beside the chain.
  func shortenJournal() {
    guard let journal, journal.isLong else { return }
    let sides = aside.values.sorted { $0.header.number < $1.header.number }
    journal.rewrite(sides.map(\.block.block.hash) + orphans.hashes) { hash in
      if let orphan = orphans[hash] { return orphan.encoding }
      guard let side = aside[hash] else { return nil }
      return (try? store.body(of: side.block))?.encodedBlock(side.header)
    }
  }
}

extension StoredBody {
  /// The encoding of the block of this header, whose body it is.
  fileprivate func encodedBlock(_ header: Header) -> [UInt8] {
    var encoder = RLPEncoder()
    encoder.list { encoder in
      encoder.appendRaw(header.encoded)
      encoder.list { encoder in
        for encoding in transactions {
          // Those without a type are lists, the others byte strings (EIP-2718).
          if encoding.first ?? 0 >= 0xc0 {
            encoder.appendRaw(encoding)
          } else {
            encoder.encode(encoding)
          }
        }
      }
      encoder.list { encoder in for ommer in ommers { encoder.appendRaw(ommer.encoded) } }
      if let withdrawals {
        encoder.list { encoder in
          for withdrawal in withdrawals { encoder.appendRaw(withdrawal.encoded) }
        }
      }
    }
    return encoder.bytes
  }
}

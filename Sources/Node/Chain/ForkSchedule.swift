// When the rules of a chain change, and by what its nodes know each other.

internal import Ledger
internal import Primitives

/// The changes of a chain's rules as a list, with the checksums by which nodes tell chains apart (EIP-2124,
/// EIP-6122).
struct ForkSchedule {
  let rules: ChainRules
  /// The chain's first block.
  let genesis: ChainReader.Found

  /// Where nodes of Sepolia that knew of its last block by work, and those that did not, parted: it is in the
  /// checksum, and changes no rule.
  private static let sepoliaSplit: UInt64 = 1_735_371

  /// When forks that begin at a time do, and changes of blob parameters; rising.
  var times: [UInt64] {
    var times = Set(rules.blobSchedule.keys)
    for (fork, activation) in rules.activations where fork >= .shanghai {
      switch activation {
      case .timestamp(let time): times.insert(time)
      case .block(0): times.insert(0)
      case .block: break
      }
    }
    return times.sorted()
  }

  /// The checksum of the first block and of all changes until `time`, those that begin with a block among them.
  func checksum(at time: UInt64) -> UInt32 {
    var blocks = Set<UInt64>()
    // Paris begins with a total difficulty.
    for (fork, activation) in rules.activations where fork != .paris {
      if case .block(let number) = activation { blocks.insert(number) }
    }
    if let fork = rules.daoFork { blocks.insert(fork.block) }
    if rules.chainID == ChainRules.sepolia.chainID { blocks.insert(Self.sepoliaSplit) }
    let changes =
      blocks.filter { $0 > 0 }.sorted()
      + times.filter { $0 > genesis.header.timestamp && $0 <= time }
    return changes.reduce(Gzip.checksum(genesis.hash.bytes)) { checksum, change in
      Gzip.checksum(withUnsafeBytes(of: change.bigEndian) { Array($0) }, after: checksum)
    }
  }
}

// The side that a chain takes in the split over the DAO.

/// The block at which chains parted over the DAO (EIP-779), and which of them this one is.
public struct DAOForkRule: Sendable, Hashable {
  /// How many blocks from the fork on tell their side by their extra data.
  public static let markedBlocks: UInt64 = 10

  /// The number of the first block on which the chains differ.
  public var block: UInt64
  /// Whether the ether of the DAO moves and the blocks bear the fork's mark. Else nothing moves, and
  /// none of the blocks may bear it: so the other chain's blocks are told from one's own.
  public var isSupported: Bool

  /// The fork at `block`, on the chain that went along unless said otherwise.
  public init(block: UInt64, isSupported: Bool = true) {
    self.block = block
    self.isSupported = isSupported
  }

  /// Whether the extra data of block `number` tells the side.
  public func marks(_ number: UInt64) -> Bool {
    number >= block && number - block < Self.markedBlocks
  }
}

// The format of exported states.

internal import Primitives

/// A state as a stream, with what a store needs to begin there. Integers are little-endian.
///
///     "NTSTATE1"
///     chunks: kind (4), 0 (4), length of the content (8), number of the chunk (8), checksum of the
///             content (8), checksum of these 32 bytes (8), content
///
/// Checksums are XXH3 with 64 bits. The chunks, in this order:
///
///     head     version (4), 1 with keys of slots (4), first block: number (8), hash (32); head: number
///              (8), hash (32)
///     block    a block's record as segments have it (`RecordHeader`), without changes: the chain's first
///              block, then the last 256 up to the head, by rising number
///     codes    hash (32), length (4), bytes; by rising hash
///     state    1, hash of the address (32), length (1), `AccountRecord`; by rising hash, each followed by
///              its slots: 2, hash of the slot (32), slot (32, only with keys), length (1), word
///     end      how many blocks, codes, accounts, slots (8 each)
enum StateFile {
  enum Kind: UInt32 {
    case head = 1
    case block, codes, state, end
  }

  static let magic: UInt64 = 0x3145_5441_5453_544e
  static let version: UInt32 = 1
  static let chunkHeaderSize = 40
  static let accountTag: UInt8 = 1
  static let slotTag: UInt8 = 2
  /// So many blocks can BLOCKHASH tell of.
  static let blockCount: UInt64 = 256

  /// The most bytes of a chunk's content.
  static func limit(_ kind: Kind) -> UInt64 { kind == .block ? 1 << 30 : 64 << 20 }

  /// The content of the first chunk.
  struct Head: Equatable {
    var keepsSlotKeys: Bool
    var genesis: BlockIdentity
    var head: BlockIdentity

    func write(to buffer: inout ByteBuffer) {
      buffer.append(version)
      buffer.append(UInt32(keepsSlotKeys ? 1 : 0))
      for block in [genesis, head] {
        buffer.append(block.number)
        buffer.append(block.hash)
      }
    }
  }

  /// The content of the last chunk.
  struct Counts: Equatable {
    var blocks: UInt64 = 0
    var codes: UInt64 = 0
    var accounts: UInt64 = 0
    var slots: UInt64 = 0

    func write(to buffer: inout ByteBuffer) {
      for count in [blocks, codes, accounts, slots] { buffer.append(count) }
    }
  }
}

/// What a state that was exported or imported consists of.
public struct StateFileContent: Sendable, Hashable {
  /// The block whose state it is.
  public var head: BlockIdentity
  /// Blocks that came with it.
  public var blocks: UInt64
  /// Codes.
  public var codes: UInt64
  /// Accounts.
  public var accounts: UInt64
  /// Slots that are not zero.
  public var slots: UInt64

  init(_ head: BlockIdentity, _ counts: StateFile.Counts) {
    self.head = head
    blocks = counts.blocks
    codes = counts.codes
    accounts = counts.accounts
    slots = counts.slots
  }
}

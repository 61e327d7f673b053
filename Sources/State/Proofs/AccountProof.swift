// An account, some of its storage, and the proofs of both (EIP-1186).

internal import Crypto
internal import Ledger
public import Primitives

/// What `eth_getProof` answers: an account and words of its storage as of a state root, with the
/// nodes that prove them (EIP-1186). One without entry in the state is proven to be absent.
public struct AccountProof: Sendable, Hashable {
  /// A part of what is claimed of the account.
  public enum Field: String, Sendable { case nonce, balance, codeHash, storageHash }

  /// Whose account this is.
  public var address: Address
  /// Transactions sent, or contracts created.
  public var nonce: UInt64
  /// In wei.
  public var balance: UInt256
  /// Keccak-256 of the code.
  public var codeHash: Hash256
  /// The root of the account's storage.
  public var storageHash: Hash256
  /// The nodes from the state root to the account.
  public var nodes: [[UInt8]]
  /// The slots that were asked for.
  public var slots: [SlotProof]

  /// A proof with these parts.
  public init(
    address: Address, account: Account, storageHash: Hash256, nodes: [[UInt8]], slots: [SlotProof]
  ) {
    self.address = address
    nonce = account.nonce
    balance = account.balance
    codeHash = account.codeHash
    self.storageHash = storageHash
    self.nodes = nodes
    self.slots = slots
  }

  /// Throws unless everything is as it says in the state with this root.
  public func verify(root: Hash256) throws(ProofError) {
    let value = try TrieProof.value(of: Keccak256.hash(address).bytes, in: nodes, root: root)
    let storageRoot = try value.map { value throws(ProofError) in try compare(value) }
    if storageRoot == nil { try expectAbsent() }
    for slot in slots {
      do {
        try slot.verify(root: storageRoot ?? Header.emptyTrieRoot)
      } catch {
        throw .slot(slot.slot, error)
      }
    }
  }

  /// Compares with the account that the state has; its storage root.
  private func compare(_ value: [UInt8]) throws(ProofError) -> Hash256 {
    guard let leaf = AccountLeaf(value) else { throw .malformedValue }
    guard nonce == leaf.account.nonce else { throw .accountDiffers(.nonce) }
    guard balance == leaf.account.balance else { throw .accountDiffers(.balance) }
    guard codeHash == leaf.account.codeHash else { throw .accountDiffers(.codeHash) }
    guard storageHash == leaf.storageRoot else { throw .accountDiffers(.storageHash) }
    return leaf.storageRoot
  }

  /// An account that is not there is an empty one. Some nodes write zeros for its hashes.
  private func expectAbsent() throws(ProofError) {
    guard nonce == 0 else { throw .accountDiffers(.nonce) }
    guard balance.isZero else { throw .accountDiffers(.balance) }
    guard codeHash == Code.emptyHash || codeHash == .zero else { throw .accountDiffers(.codeHash) }
    guard storageHash == Header.emptyTrieRoot || storageHash == .zero else {
      throw .accountDiffers(.storageHash)
    }
  }
}

/// A word of storage and its proof.
public struct SlotProof: Sendable, Hashable {
  /// Which slot.
  public var slot: UInt256
  /// Its word; zero when the storage has no such slot.
  public var word: UInt256
  /// The nodes from the storage root to the slot.
  public var nodes: [[UInt8]]

  /// A proof with these parts.
  public init(slot: UInt256, word: UInt256, nodes: [[UInt8]]) {
    self.slot = slot
    self.word = word
    self.nodes = nodes
  }

  /// Throws unless the slot has this word in the storage with this root.
  public func verify(root: Hash256) throws(ProofError) {
    let value = try TrieProof.value(of: Keccak256.hash(slot).bytes, in: nodes, root: root)
    let proven = try value.map { value throws(ProofError) in try Self.word(value) } ?? .zero
    guard proven == word else { throw .wordDiffers(claimed: word, proven: proven) }
  }

  private static func word(_ value: [UInt8]) throws(ProofError) -> UInt256 {
    do throws(RLPError) {
      var reader = RLPReader(value)
      let word = try reader.readUInt256()
      try reader.expectEnd()
      // Zeros are not stored.
      if !word.isZero { return word }
    } catch {
      throw .malformedValue
    }
    throw .malformedValue
  }
}

/// What the state trie holds of an account.
struct AccountLeaf {
  var account: Account
  var storageRoot: Hash256

  /// The leaf whose canonical encoding `value` is, or nil.
  init?(_ value: [UInt8]) {
    do throws(RLPError) {
      var outer = RLPReader(value)
      var fields = try outer.readList()
      try outer.expectEnd()
      let nonce = try fields.readUInt64()
      let balance = try fields.readUInt256()
      storageRoot = try fields.readHash()
      account = Account(nonce: nonce, balance: balance, codeHash: try fields.readHash())
      try fields.expectEnd()
    } catch {
      return nil
    }
  }
}

// Why a proof proves nothing.

public import Primitives

/// Why a proof does not hold. Nodes are counted from zero, the root first.
public enum ProofError: Error, Sendable, Hashable {
  /// The way goes on where the list of nodes ends.
  case missingNode(Int)
  /// A node is not the one that its parent, or the root, names.
  case wrongHash(node: Int)
  /// A node is nothing that a trie would hold.
  case malformedNode(Int)
  /// The list goes on after the way has ended.
  case unusedNodes(count: Int)
  /// The value at the end of the way is not what this trie holds.
  case malformedValue
  /// The account in the state is another than the one claimed.
  case accountDiffers(AccountProof.Field)
  /// The slot holds another word than the one claimed.
  case wordDiffers(claimed: UInt256, proven: UInt256)
  /// The proof of a slot does not hold.
  indirect case slot(UInt256, ProofError)
}

extension ProofError: CustomStringConvertible {
  /// What is wrong, for people.
  public var description: String {
    switch self {
    case .missingNode(let index): "node \(index) is missing"
    case .wrongHash(let index): "node \(index) has another hash than the one above it says"
    case .malformedNode(let index): "node \(index) is no node of a trie"
    case .unusedNodes(let count): "\(count) nodes follow the end of the way"
    case .malformedValue: "the value cannot be read"
    case .accountDiffers(let field): "the state has another \(field)"
    case .wordDiffers(let claimed, let proven): "the slot holds \(proven), not \(claimed)"
    case .slot(let slot, let error): "slot \(slot): \(error)"
    }
  }
}

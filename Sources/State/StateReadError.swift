// Why the state could not be read.

public import Primitives

/// Why a `StateView` could not answer.
public enum StateReadError: Error, Sendable, Hashable {
  /// An account names code that the view does not have.
  case missingCode(Hash256)
  /// The view is partial and does not cover this account.
  case missingAccount(Address)
  /// The view is partial and does not cover this slot.
  case missingStorage(Address, slot: UInt256)
  /// What stands on disk cannot be read or is not what was written.
  case damaged(String)
  /// The answer depends on what is under way: the question must be asked again, later.
  case deferred
}

extension StateReadError: CustomStringConvertible {
  /// What is lacking, for people.
  public var description: String {
    switch self {
    case .missingCode(let hash): "the state lacks the code with the hash \(hash)"
    case .missingAccount(let address): "the state lacks the account \(address)"
    case .missingStorage(let address, let slot): "the state lacks slot \(slot) of \(address)"
    case .damaged(let reason): "the state is damaged: \(reason)"
    case .deferred: "the state cannot tell yet"
    }
  }
}

// What is wrong with a genesis.

public import JSON
public import Ledger
public import Primitives

/// Why a genesis cannot be used.
public enum GenesisError: Error, Equatable, Sendable {
  /// The file is no JSON, or a field is not what it should be.
  case json(JSONError)
  /// The forks of the file's `config` are out of order.
  case forkOrder(source: String, ForkOrderError)
  /// The header commits to another state than the accounts make.
  case stateRootDiffers(stated: Hash256, computed: Hash256)
}

extension GenesisError: CustomStringConvertible {
  /// One line: file, place, and what is wrong.
  public var description: String {
    switch self {
    case .json(let error): error.description
    case .forkOrder(let source, let error): "\(source): config: \(error)"
    case .stateRootDiffers(let stated, let computed):
      "the genesis header has the state root \(stated), its accounts have \(computed)"
    }
  }
}

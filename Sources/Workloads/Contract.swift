// The contracts of the workloads.

internal import Crypto
public import Ledger
public import Primitives

/// A contract of the workloads. Its source is the file of its name in `Contracts`.
public enum Contract: String, Sendable, CaseIterable {
  /// Hands out a token to many at once.
  case airdrop = "Airdrop"
  /// Unique tokens.
  case collection = "Collection"
  /// Items, trades and moves of players.
  case game = "Game"
  /// Proposals, votes and grants.
  case governance = "Governance"
  /// Collateral and debt.
  case lending = "Lending"
  /// Unique tokens for sale.
  case market = "Market"
  /// Packs of medicine on their way to the pharmacy.
  case medicine = "Medicine"
  /// Two tokens at constant product.
  case pool = "Pool"
  /// Shares of those who lend their machines.
  case rewards = "Rewards"
  /// An ERC-20 token.
  case token = "Token"

  /// The contract's code, analysed.
  public var code: Code {
    guard let code = Self.codes[self] else { preconditionFailure("there is one for each case") }
    return code
  }

  /// SHA-256 of the source that `code` was compiled of.
  public var compiledSource: Hash256? { try? Hash256(hex: sourceHash) }

  private static let codes: [Contract: Code] = Dictionary(
    uniqueKeysWithValues: allCases.map { contract in
      guard let bytes = try? Hex.decode(contract.runtimeCode) else {
        preconditionFailure("the compiled contracts are hex")
      }
      return (contract, Code.of(bytes))
    })
}

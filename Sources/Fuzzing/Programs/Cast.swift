// Who takes part in a generated case.

internal import Primitives

/// The accounts that the programs of a case know.
struct Cast {
  /// How many slots are used again and again.
  static let hotSlots = 4

  /// Accounts with code.
  var contracts: [Address]
  /// All others of interest: people, precompiles, places where nobody is yet.
  var others: [Address]

  var everyone: [Address] { contracts + contracts + others }
}

// What can be turned on a workload.

/// Size and conflicts of a generated block.
public struct WorkloadKnobs: Sendable, Hashable {
  /// How many transactions the block has.
  public var transactions: Int
  /// How many people sign them at most; nil for as many as the workload wants, mostly one for each
  /// transaction.
  public var accounts: Int?
  /// The share of transactions that go to the one thing all want, from 0 to 1.
  public var hotRatio: Double
  /// How many transactions in a row depend each on the one before.
  public var chainLength: Int
  /// How far apart in the block transactions of one chain stand; nil for as far as it allows.
  public var dependencyDistance: Int?

  /// Knobs; where they are not given, for a block without conflicts.
  public init(
    transactions: Int = 5_000, accounts: Int? = nil, hotRatio: Double = 0, chainLength: Int = 1,
    dependencyDistance: Int? = nil
  ) {
    self.transactions = transactions
    self.accounts = accounts
    self.hotRatio = hotRatio
    self.chainLength = chainLength
    self.dependencyDistance = dependencyDistance
  }

  /// A knob that some blocks do not heed.
  public enum Knob: Sendable, Hashable, CaseIterable {
    case accounts, hotRatio, chainLength, dependencyDistance
  }

  /// The same within what generators take: no fewer than nothing, no chain shorter than one.
  var sanitized: WorkloadKnobs {
    WorkloadKnobs(
      transactions: max(0, transactions), accounts: accounts.map { max(1, $0) },
      hotRatio: hotRatio.isNaN ? 0 : min(1, max(0, hotRatio)), chainLength: max(1, chainLength),
      dependencyDistance: dependencyDistance.map { max(1, $0) })
  }
}

// What the transactions of a block cost, and which of them had to come after which.

public import Primitives
public import State

/// What a block's transactions cost, executed one after another, and what each of them needed of the
/// ones before it.
public struct BlockProfile: Sendable, Hashable {
  /// The transactions in the order of the block.
  public let transactions: [TransactionProfile]

  /// A profile of these transactions, whose dependencies all point back.
  public init(transactions: [TransactionProfile]) {
    precondition(
      transactions.enumerated().allSatisfy { index, transaction in
        transaction.dependencies.allSatisfy { 0..<index ~= $0.writer }
          && transaction.avoided.allSatisfy { 0..<index ~= $0.writer }
      }, "a transaction depends on what comes before it")
    self.transactions = transactions
  }

  /// What all transactions took, one after another, in nanoseconds.
  public var nanoseconds: UInt64 { transactions.reduce(0) { $0 + $1.nanoseconds } }
  /// The gas that all transactions used.
  public var gasUsed: UInt64 { transactions.reduce(0) { $0 + $1.gasUsed } }
}

/// What one transaction cost and needed.
public struct TransactionProfile: Sendable, Hashable {
  /// Who signed it.
  public var sender: Address
  /// What it called.
  public var function: CalledFunction
  /// The gas it paid for, refunds taken off.
  public var gasUsed: UInt64
  /// The gas it could have used.
  public var gasLimit: UInt64
  /// Whether it has data.
  public var hasData: Bool
  /// The time it took in sequence, in nanoseconds.
  public var nanoseconds: UInt64
  /// How many accounts and slots it asked the state for.
  public var accesses: Int
  /// What it saw that a transaction before it had changed, one for each location and writer.
  public var dependencies: [Dependency]
  /// What would have been dependencies, too, were balances, fees and nonces ordinary values.
  public var avoided: [AvoidedDependency]

  /// A transaction with these figures; without a limit, of all the gas that it used.
  public init(
    sender: Address, function: CalledFunction, gasUsed: UInt64, gasLimit: UInt64? = nil,
    hasData: Bool = true, nanoseconds: UInt64, accesses: Int = 1,
    dependencies: [Dependency] = [], avoided: [AvoidedDependency] = []
  ) {
    self.sender = sender
    self.function = function
    self.gasUsed = gasUsed
    self.gasLimit = gasLimit ?? gasUsed
    self.hasData = hasData
    self.nanoseconds = nanoseconds
    self.accesses = accesses
    self.dependencies = dependencies
    self.avoided = avoided
  }

  /// The transactions it depends on, rising, each once.
  public var writers: [Int] { Set(dependencies.map(\.writer)).sorted() }
}

/// A function of a contract, as far as call data tell.
public struct CalledFunction: Sendable, Hashable {
  /// Whose storage it works on; nil for a transaction that creates a contract.
  public var contract: Address?
  /// The first four bytes of the call data, big-endian; nil where there are fewer, and for creations.
  public var selector: UInt32?

  /// A function.
  public init(contract: Address?, selector: UInt32?) {
    self.contract = contract
    self.selector = selector
  }

  /// What is called with these call data.
  init(contract: Address?, input: UnsafeRawBufferPointer) {
    self.contract = contract
    selector =
      contract != nil && input.count >= 4
      ? UInt32(bigEndian: input.loadUnaligned(as: UInt32.self)) : nil
  }
}

/// A part of the state that transactions disagree about.
public enum ProfiledLocation: Sendable, Hashable {
  /// Parts of an account.
  case account(Address, AccountAspects)
  /// A storage slot.
  case slot(StorageKey)

  /// Whose account or slot it is.
  public var address: Address {
    switch self {
    case .account(let address, _): address
    case .slot(let key): key.address
    }
  }
}

/// A transaction saw what an earlier one had changed: the same transaction executed before that one
/// could have come to something else.
///
/// Only values count. Writing again what stood there is no change; a balance that was enough before
/// the change as well as after it, and was not looked at otherwise, is none either.
public struct Dependency: Sendable, Hashable {
  /// The index of the transaction that changed the location last.
  public var writer: Int
  /// What was read.
  public var location: ProfiledLocation
  /// What the writer called. Of a slot: the innermost function that stored it.
  public var function: CalledFunction

  /// A dependency on transaction `writer`.
  public init(on writer: Int, location: ProfiledLocation, function: CalledFunction) {
    self.writer = writer
    self.location = location
    self.function = function
  }
}

/// A dependency that commutative balances and slots or predicted nonces take away.
public struct AvoidedDependency: Sendable, Hashable {
  /// What takes it away.
  public enum Reason: Sendable, Hashable, CaseIterable {
    /// Debits and credits of a balance commute as long as there is enough.
    case balance
    /// The coinbase's earnings are added up apart.
    case fee
    /// The nonce of a sender with an earlier transaction in the block is predicted.
    case nonce
    /// Sums on a slot commute as long as its word stays within bounds.
    case slot
  }

  /// The index of the transaction that changed the account last.
  public var writer: Int
  /// Whose balance, nonce or slot it is.
  public var account: Address
  /// What takes it away.
  public var reason: Reason

  /// A dependency on transaction `writer` that does not count.
  public init(on writer: Int, account: Address, reason: Reason) {
    self.writer = writer
    self.account = account
    self.reason = reason
  }
}

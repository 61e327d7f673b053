// What a block changes in the state.

public import Ledger
public import Primitives

/// The changes from one state to the next, in an order that depends on nothing but the changes:
/// two executions that agree give diffs that are `==`.
public struct StateDiff: Sendable {
  /// The changed accounts, by rising address, each at most once.
  public private(set) var accounts: [AccountChange]
  /// Code that may be new to the state, by rising hash, each at most once.
  public private(set) var codes: [Code]

  /// A diff of these changes, which may come in any order, with at most one change an account.
  public init(accounts: [AccountChange] = [], codes: [Code] = []) {
    self.init(
      risingAccounts: accounts.sorted(
        byPrefix: { UInt64($0.address.l2) &<< 32 | $0.address.l1 &>> 32 },
        { $0.address < $1.address }),
      codes: codes)
  }

  /// A diff of these changes, which come by rising address, at most one an account; codes may come in
  /// any order.
  public init(risingAccounts accounts: [AccountChange], codes: [Code]) {
    for index in accounts.indices.dropFirst() {
      precondition(
        accounts[index - 1].address < accounts[index].address,
        "an account changes twice, or out of order")
    }
    self.accounts = accounts
    self.codes = codes.sorted { $0.hash < $1.hash }
    removeRepeatedCodes()
  }

  /// Whether nothing changes.
  public var isEmpty: Bool { accounts.isEmpty && codes.isEmpty }

  private mutating func removeRepeatedCodes() {
    var previous: Hash256?
    codes.removeAll { code in
      defer { previous = code.hash }
      return code.hash == previous
    }
  }
}

extension StateDiff: Equatable {
  /// Whether both make the same changes. Codes are the same when their hashes are.
  public static func == (a: StateDiff, b: StateDiff) -> Bool {
    a.accounts == b.accounts && a.codes.elementsEqual(b.codes) { $0.hash == $1.hash }
  }
}

/// What becomes of one account.
public struct AccountChange: Equatable, Sendable {
  /// Whose change this is.
  public let address: Address
  /// The account from now on, changed or not; nil when it is gone, with all its storage.
  public let account: Account?
  /// Whether storage from before is gone, because the account was destroyed (and perhaps created
  /// anew); `storage` comes after that. True whenever `account` is nil.
  public let wipesStorage: Bool
  /// The slots whose word differs from before (from zero after a wipe), by rising slot, each at most
  /// once; zero clears a slot.
  public let storage: [SlotChange]

  /// A change; slots may come in any order.
  public init(
    address: Address, account: Account?, wipesStorage: Bool = false, storage: [SlotChange] = []
  ) {
    self.init(
      address: address, account: account, wipesStorage: wipesStorage,
      risingStorage: storage.count < 2
        ? storage : storage.sorted(byPrefix: { $0.slot.l3 }, { $0.slot < $1.slot }))
  }

  /// A change whose slots come by rising slot, each at most once.
  public init(
    address: Address, account: Account?, wipesStorage: Bool, risingStorage storage: [SlotChange]
  ) {
    precondition(account != nil || storage.isEmpty, "an account that is gone has no storage")
    self.address = address
    self.account = account
    self.wipesStorage = wipesStorage || account == nil
    self.storage = storage
    for index in storage.indices.dropFirst() {
      precondition(
        storage[index - 1].slot < storage[index].slot, "a slot changes twice, or out of order")
    }
  }
}

/// A new word in a storage slot.
@frozen
public struct SlotChange: BitwiseCopyable, Sendable, Hashable {
  /// Which slot.
  public let slot: UInt256
  /// Its word from now on.
  public let value: UInt256

  /// A new word in a slot.
  public init(slot: UInt256, value: UInt256) {
    self.slot = slot
    self.value = value
  }
}

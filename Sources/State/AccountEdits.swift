// Changes of accounts from outside, to which others are added.

public import Ledger
public import Primitives

/// What was changed from outside about the accounts of a state, as long as more is changed: an edit costs what it
/// edits, however many there are.
public struct AccountEdits: Sendable {
  /// What became of one account.
  struct Entry {
    var account: Account?
    var wipesStorage = false
    var words: [UInt256: UInt256] = [:]
  }

  private struct UsedCode {
    let code: Code
    /// How many of the accounts have it.
    var users: Int
  }

  private(set) var entries: [Address: Entry] = [:]
  private var codes: [Hash256: UsedCode] = [:]

  /// No edits.
  public init() {}

  /// The edits of a diff.
  public init(_ diff: StateDiff) {
    for code in diff.codes { codes[code.hash] = UsedCode(code: code, users: 0) }
    for change in diff.accounts {
      entries[change.address] = Entry(
        account: change.account, wipesStorage: change.wipesStorage,
        words: Dictionary(uniqueKeysWithValues: change.storage.map { ($0.slot, $0.value) }))
      if let hash = change.account?.codeHash { codes[hash]?.users += 1 }
    }
  }

  /// Whether nothing is edited.
  public var isEmpty: Bool { entries.isEmpty && codes.isEmpty }

  /// All of them as a diff.
  public var diff: StateDiff {
    StateDiff(
      accounts: entries.map { address, entry in
        AccountChange(
          address: address, account: entry.account, wipesStorage: entry.wipesStorage,
          storage: entry.words.map { SlotChange(slot: $0.key, value: $0.value) })
      }, codes: allCodes)
  }

  /// The codes of edited accounts, in no order.
  var allCodes: [Code] { codes.values.map(\.code) }

  /// What an account was edited to be; nil where it was not edited, and nil inside where it is gone.
  public func account(_ address: Address) -> Account?? { entries[address].map(\.account) }

  /// The words that were written into an account's storage.
  public func words(of address: Address) -> [UInt256: UInt256] { entries[address]?.words ?? [:] }

  /// The code with this hash, if an account was edited to have it.
  func code(_ hash: Hash256) -> Code? { codes[hash]?.code }

  /// Lets an account be this from now on, with these words besides those that were written before. `code` is its
  /// code, where that may be new to the state.
  public mutating func set(
    _ address: Address, to account: Account, words: [UInt256: UInt256] = [:], code: Code? = nil
  ) {
    // A code that was edited before is known by its hash alone.
    let code = code?.hash == account.codeHash ? code : codes[account.codeHash]?.code
    if let code { codes[code.hash, default: UsedCode(code: code, users: 0)].users += 1 }
    leaveCode(of: address)
    if entries[address]?.account == nil {
      entries[address] = Entry(
        account: account, wipesStorage: entries[address]?.wipesStorage ?? false, words: words)
      return
    }
    entries[address]?.account = account
    for (slot, word) in words { entries[address]?.words[slot] = word }
  }

  /// Lets an account be gone.
  public mutating func remove(_ address: Address) {
    leaveCode(of: address)
    entries[address] = Entry(account: nil, wipesStorage: true)
  }

  /// Lets an account be as it is without edits.
  public mutating func forget(_ address: Address) {
    leaveCode(of: address)
    entries[address] = nil
  }

  /// A code goes with the last account that was edited to have it.
  private mutating func leaveCode(of address: Address) {
    guard let hash = entries[address]?.account?.codeHash, let users = codes[hash]?.users else {
      return
    }
    if users > 1 { codes[hash]?.users = users - 1 } else { codes[hash] = nil }
  }
}

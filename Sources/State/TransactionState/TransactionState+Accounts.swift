// Accounts: looking them up, their fields, and moving ether.

import Ledger
public import Primitives

extension TransactionState {
  // MARK: Looking up

  /// The index of the account, known from now on but perhaps not read yet.
  @inline(__always)
  func accountIndex(_ address: Address) -> UInt32 {
    if core.pointee.lastAddress == address && core.pointee.lastIndex != AccountEntry.none {
      return core.pointee.lastIndex
    }
    let index = core.pointee.accounts.index(of: address)
    core.pointee.lastAddress = address
    core.pointee.lastIndex = index
    return index
  }

  /// The entry, read from the view; the pointer holds until the next account arrives.
  @inline(__always)
  func loaded(_ index: UInt32) -> UnsafeMutablePointer<AccountEntry> {
    let entry = core.pointee.accounts[index]
    if !entry.pointee.isLoaded { load(entry) }
    return entry
  }

  @inline(__always)
  func loaded(_ address: Address) -> UnsafeMutablePointer<AccountEntry> {
    loaded(accountIndex(address))
  }

  @inline(never)
  private func load(_ entry: UnsafeMutablePointer<AccountEntry>) {
    entry.pointee.isLoaded = true
    entry.pointee.readNumber = core.pointee.readCount
    core.pointee.readCount &+= 1
    do throws(StateReadError) {
      guard let account = try core.pointee.view.account(entry.pointee.address) else { return }
      entry.pointee.start = account
      entry.pointee.current = account
      entry.pointee.existed = true
      entry.pointee.exists = true
    } catch {
      fail(error)
    }
  }

  // MARK: Questions

  /// Marks the account as accessed in this transaction; true when it was not before (cold).
  public func accessAccount(_ address: Address) -> Bool {
    let index = accountIndex(address)
    let entry = core.pointee.accounts[index]
    let epoch = core.pointee.epoch
    if entry.pointee.warmEpoch >= epoch { return false }
    if core.pointee.alwaysWarm.contains(address) {
      entry.pointee.warmEpoch = AccountEntry.alwaysWarm
      return false
    }
    entry.pointee.warmEpoch = epoch
    core.pointee.journal.append(JournalRecord(.accountWarmed, index))
    return true
  }

  /// Makes the accounts of precompiles warm in every transaction to come (EIP-2929).
  public func keepWarm(_ addresses: SmallAddressSet) { core.pointee.alwaysWarm = addresses }

  /// Whether the account is in the state at all (before EIP-161, empty accounts are).
  public func accountExists(_ address: Address) -> Bool {
    observed(.existence, of: address).pointee.exists
  }

  /// Whether the account is absent or has no nonce, no balance and no code (EIP-161).
  public func accountIsEmpty(_ address: Address) -> Bool {
    observed(.emptiness, of: address).pointee.current.isEmpty
  }

  /// The account as it stands now; the empty one when it does not exist.
  public func account(_ address: Address) -> Account {
    observed(.all, of: address).pointee.current
  }

  /// The balance in wei.
  public func balance(of address: Address) -> UInt256 {
    observed(.balance, of: address).pointee.current.balance
  }

  /// Whether the balance is at least `amount`.
  public func hasBalance(_ amount: UInt256, of address: Address) -> Bool {
    hasBalance(amount, loaded(address))
  }

  /// What the validity of a transaction depends on: the nonce, whether the balance is at least `amount`
  /// (never when there is none), and whether there is code.
  public func standing(
    of sender: Address, paying amount: UInt256?
  ) -> (nonce: UInt64, canPay: Bool, hasCode: Bool) {
    let entry = observed([.nonce, .code], of: sender)
    return (
      entry.pointee.current.nonce, amount.map { hasBalance($0, entry) } ?? false,
      entry.pointee.current.hasCode
    )
  }

  @inline(__always)
  private func hasBalance(
    _ amount: UInt256, _ entry: UnsafeMutablePointer<AccountEntry>
  ) -> Bool {
    let balance = entry.pointee.current.balance
    // Above 128 bits, sums of balances could overflow: there the exact one counts.
    if balance >= amount && (balance.l2 | balance.l3) == 0 {
      entry.pointee.slack = Swift.min(entry.pointee.slack, balance &- amount)
    } else {
      entry.pointee.observed.formUnion(.balance)
    }
    return balance >= amount
  }

  /// The nonce.
  public func nonce(of address: Address) -> UInt64 {
    observed(.nonce, of: address).pointee.current.nonce
  }

  /// The entry, of which somebody looks at `aspects`.
  @inline(__always)
  func observed(
    _ aspects: AccountAspects, of address: Address
  ) -> UnsafeMutablePointer<AccountEntry> {
    let entry = loaded(address)
    entry.pointee.observed.formUnion(aspects)
    return entry
  }

  /// Keccak-256 of the code; zero for an account that does not exist or is empty (EIP-1052).
  public func codeHash(of address: Address) -> Hash256 {
    let entry = observed([.code, .emptiness], of: address)
    return entry.pointee.current.isEmpty ? .zero : entry.pointee.current.codeHash
  }

  /// Whether anything of the account but its warmth was of interest since the last `forget`.
  public func isLoaded(_ address: Address) -> Bool {
    guard let index = core.pointee.accounts.find(address) else { return false }
    return core.pointee.accounts[index].pointee.isLoaded
  }

  // MARK: Changes

  /// Moves `value`; the caller has checked the balance. Touches the recipient (EIP-161), even for
  /// nothing.
  public func transfer(_ value: UInt256, from sender: Address, to recipient: Address) {
    if value.isZero { return touch(accountIndex(recipient)) }
    let source = accountIndex(sender)
    let target = accountIndex(recipient)
    if source == target { return }
    setBalance(of: source, to: loaded(source).pointee.current.balance &- value)
    credit(value, toIndex: target)
  }

  /// Adds `amount` to the balance and touches the account (EIP-161), even for nothing.
  public func credit(_ amount: UInt256, to address: Address) {
    credit(amount, toIndex: accountIndex(address))
  }

  /// Takes `amount` from the balance; the caller has checked it.
  public func debit(_ amount: UInt256, from address: Address) {
    if amount.isZero { return }
    let index = accountIndex(address)
    setBalance(of: index, to: loaded(index).pointee.current.balance &- amount)
  }

  /// Adds one to the nonce; the caller has checked that it is not the largest.
  public func incrementNonce(of address: Address) {
    let index = accountIndex(address)
    appear(index)
    core.pointee.accounts[index].pointee.observed.formUnion(.nonce)
    setNonce(of: index, to: loaded(index).pointee.current.nonce &+ 1)
  }

  @inline(__always)
  func credit(_ amount: UInt256, toIndex index: UInt32) {
    if amount.isZero { return touch(index) }
    appear(index)
    setBalance(of: index, to: loaded(index).pointee.current.balance &+ amount)
  }

  @inline(__always)
  func setBalance(of index: UInt32, to balance: UInt256) {
    let entry = core.pointee.accounts[index]
    core.pointee.journal.append(
      JournalRecord(.balanceChanged, index, previous: entry.pointee.current.balance))
    entry.pointee.current.balance = balance
  }

  func setNonce(of index: UInt32, to nonce: UInt64) {
    let entry = core.pointee.accounts[index]
    core.pointee.journal.append(
      JournalRecord(.nonceChanged, index, previous: UInt256(entry.pointee.current.nonce)))
    entry.pointee.current.nonce = nonce
  }

  /// Brings the account into being, if need be.
  @inline(__always)
  func appear(_ index: UInt32) {
    let entry = loaded(index)
    entry.pointee.observed.formUnion(.existence)
    if entry.pointee.exists { return }
    entry.pointee.exists = true
    core.pointee.journal.append(JournalRecord(.appeared, index))
  }

  /// Touches the account: it comes into being, and when it is empty it will be removed at the end of
  /// the transaction where EIP-161 holds.
  func touch(_ index: UInt32) {
    appear(index)
    guard core.pointee.rules.clearsEmptyAccounts else { return }
    core.pointee.accounts[index].pointee.observed.formUnion(.emptiness)
    if core.pointee.accounts[index].pointee.current.isEmpty {
      core.pointee.journal.append(JournalRecord(.touched, index))
      core.pointee.hasEndMarks = true
    }
  }
}

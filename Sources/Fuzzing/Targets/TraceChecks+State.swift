// What prestate traces say, beside the states before and after.

internal import Crypto
internal import Execution
internal import Ledger
internal import Primitives
internal import State
internal import Tracing

extension TraceChecks {
  /// Each account is as the state has it, and all of them together are enough for the transaction.
  func check(_ accounts: [Address: AccountPicture]) -> String? {
    let before = run.before()
    for (address, picture) in accounts {
      let account = before.account(address) ?? Account()
      guard picture.balance == account.balance, picture.nonce == account.nonce else {
        return "\(address) is \(picture), in the state \(account)"
      }
      for (slot, word) in picture.storage where word != before.storage(address, slot) {
        return "slot \(slot) of \(address) is \(word)"
      }
    }
    if run.hasStrangeAccounts { return nil }
    let seen = accounts.map { address, picture in
      AccountAllocation(
        address: address, nonce: picture.nonce ?? 0, balance: picture.balance ?? .zero,
        code: picture.code ?? [], storage: picture.storage)
    }.filter { $0.nonce != 0 || !$0.balance.isZero || !$0.code.isEmpty }
    run.begin(machine, accounts: seen)
    do throws(ExecutionError) {
      let outcome = try machine.execute(run.transaction, from: run.stateCase.sender)
      let changes = machine.state.diff()
      if outcome == trace.outcome && changes == diff || hasRunOutOfGas() { return nil }
      return "on what was touched \(outcome) and \(changes), "
        + "on the whole state \(trace.outcome) and \(diff)"
    } catch {
      return "on what was touched: \(error)"
    }
  }

  /// Whether the gas ran out in some frame: an instruction that could not be paid has touched nothing,
  /// though its price may depend on what it names.
  private func hasRunOutOfGas() -> Bool {
    tree().map { frames($0).contains { $0.error?.contains("gas") == true } } ?? false
  }

  /// It leads from the state before to the state after.
  func check(_ difference: StateDifference) -> String? {
    if run.hasStrangeAccounts { return nil }
    let state = run.before()
    var accounts = VisibleState(state).accounts
    for (address, picture) in difference.pre {
      guard let account = accounts[address], picture.balance == account.balance,
        picture.nonce == account.nonce, picture.codeHash ?? Code.emptyHash == account.codeHash
      else { return "\(address) was \(picture)" }
      for (slot, word) in picture.storage {
        guard account.slots[slot] ?? .zero == word else {
          return "slot \(slot) of \(address) was \(word)"
        }
        accounts[address]?.slots[slot] = nil
      }
      if difference.post[address] == nil { accounts[address] = nil }
    }
    for (address, picture) in difference.post {
      var account = accounts[address] ?? VisibleState.Entry()
      if let balance = picture.balance { account.balance = balance }
      if let nonce = picture.nonce { account.nonce = nonce }
      if let hash = picture.codeHash { account.codeHash = hash }
      if let code = picture.code, Keccak256.hash(code) != account.codeHash {
        return "\(address) has code of another hash"
      }
      account.slots.merge(picture.storage) { _, new in new }
      accounts[address] = account.isEmpty ? nil : account
    }
    state.apply(diff)
    let after = VisibleState(state).accounts
    return accounts == after
      ? nil : "leads to \(accounts), while the changes lead to \(after)"
  }
}

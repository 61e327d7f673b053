// Recording the accounts and slots that a transaction touches.

import EVM
import Execution
import Ledger
import Primitives
import State

/// Pictures every account and slot as it was when the transaction first touched it: sender, recipient
/// and coinbase, authorities and delegates (EIP-7702), what is called, created, asked for or left a
/// balance, and the slots that SLOAD and SSTORE name.
final class PrestateRecorder: Recorder {
  /// An account before the transaction.
  private struct Before {
    var account: Account
    var code: [UInt8] = []
    var storage: [UInt256: UInt256] = [:]
    var isEmpty: Bool { account.isEmpty }
  }

  /// What the instruction in flight will have touched when it turns out to have been paid.
  private enum Pending {
    case nothing
    case account(Address)
    case callee(Address)
    case slot(Address, UInt256)
    /// The beneficiary of SELFDESTRUCT, before it gets anything.
    case beneficiary(Address, Account)
  }

  private(set) var budget: RecordingBudget
  private let options: PrestateTracerOptions
  private let block: BlockEnvironment
  private let state: TransactionState
  private var accounts: [Address: Before] = [:]
  private var pending = Pending.nothing

  init(
    _ options: PrestateTracerOptions, block: BlockEnvironment, state: TransactionState,
    budget: RecordingBudget
  ) {
    self.options = options
    self.block = block
    self.state = state
    self.budget = budget
  }

  // MARK: What happens

  func begin(_ transaction: Transaction, from sender: Address) {
    if let recipient = transaction.to {
      look(atCallee: recipient)
    } else {
      look(at: Address.created(by: sender, nonce: state.peekAccount(sender).nonce))
    }
    look(at: sender)
    look(at: block.coinbase)
    for authorization in transaction.authorizations {
      do throws(SignatureError) {
        look(at: try authorization.recoverAuthority())
      } catch {
        continue  // It names nobody, and will be skipped.
      }
    }
  }

  func enter(_ call: TracedCall) {
    // Nothing has happened to the new account yet, its creator is known.
    if call.kind == .create || call.kind == .create2 {
      look(at: call.recipient)
    } else if call.depth == 0 {
      // An authorization of the transaction itself may just have named the delegate.
      look(atCallee: call.codeAddress)
    }
  }

  func step(_ step: TracedStep) {
    settle()
    let stack = step.stack
    guard let top = stack.last else { return }
    switch Opcode(rawValue: step.opcode) {
    case .sload, .sstore: pending = .slot(step.recipient, top)
    case .balance, .extcodesize, .extcodecopy, .extcodehash:
      pending = .account(Address(truncating: top))
    case .selfdestruct:
      let address = Address(truncating: top)
      pending = .beneficiary(address, state.peekAccount(address))
    case .call, .callcode, .delegatecall, .staticcall:
      if stack.count >= 5 { pending = .callee(Address(truncating: stack[stack.count - 2])) }
    default: break
    }
  }

  func paid(depth: Int, gasLeft: Int64) { settle() }

  func fault(_ halt: Halt, depth: Int, gasLeft: Int64) { pending = .nothing }

  func exit(_ call: TracedCall, gasLeft: Int64, output: UnsafeRawBufferPointer, halt: Halt?) {
    settle()
  }

  // MARK: Looking

  /// The instruction in flight has been paid: it touches what it names.
  private func settle() {
    switch pending {
    case .nothing: return
    case .account(let address): look(at: address)
    case .callee(let address): look(atCallee: address)
    case .slot(let address, let slot): look(at: slot, of: address)
    case .beneficiary(let address, let account): look(at: address, as: account)
    }
    pending = .nothing
  }

  private func look(at address: Address) {
    if accounts[address] == nil { look(at: address, as: state.peekAccount(address)) }
  }

  /// Looks at an account that is called, and at the one whose code it lets run.
  private func look(atCallee address: Address) {
    look(at: address)
    let code = state.peekCode(state.peekAccount(address).codeHash)
    if let delegate = code.delegate { look(at: delegate) }
  }

  private func look(at address: Address, as account: Account) {
    guard accounts[address] == nil, take(240) else { return }
    var before = Before(account: account)
    if account.hasCode, !options.disableCode {
      let code = state.peekCode(account.codeHash)
      guard take(code.count) else { return }
      before.code = Array(code.buffer)
    }
    accounts[address] = before
  }

  private func look(at slot: UInt256, of address: Address) {
    guard !options.disableStorage else { return }
    look(at: address)
    guard accounts[address]?.storage[slot] == nil, take(128) else { return }
    accounts[address]?.storage[slot] = state.originalStorage(address, slot)
  }

  private func take(_ bytes: Int) -> Bool {
    if budget.take(bytes) { return true }
    accounts = [:]
    return false
  }

  // MARK: Results

  func result(_ outcome: TransactionOutcome, output: [UInt8]) -> TraceResult {
    if options.diffMode { return .difference(difference()) }
    let shown = options.includeEmpty ? accounts : accounts.filter { !$0.value.isEmpty }
    return .prestate(shown.mapValues { picture(of: $0) })
  }

  private func picture(of before: Before) -> AccountPicture {
    var picture = AccountPicture()
    picture.balance = before.account.balance
    picture.nonce = before.account.nonce
    if before.account.hasCode {
      picture.codeHash = before.account.codeHash
      if !options.disableCode { picture.code = before.code }
    }
    picture.storage = before.storage
    return picture
  }

  private func difference() -> StateDifference {
    var difference = StateDifference()
    for (address, before) in accounts {
      let isDestroyed = state.isDestroyed(address)
      var before = before
      var after = AccountPicture()
      if !isDestroyed {
        after = changes(of: address, since: before)
        if after == AccountPicture(), before.storage.allSatisfy({ isUnchanged(address, $0) }) {
          continue
        }
        difference.post[address] = after
        before.storage = before.storage.filter { !$0.value.isZero && !isUnchanged(address, $0) }
      }
      if !before.isEmpty { difference.pre[address] = picture(of: before) }
    }
    return difference
  }

  private func isUnchanged(_ address: Address, _ slot: (key: UInt256, value: UInt256)) -> Bool {
    state.presentStorage(address, slot.key) == slot.value
  }

  /// What is different now; slots that have become zero are left out.
  private func changes(of address: Address, since before: Before) -> AccountPicture {
    let now = state.peekAccount(address)
    var after = AccountPicture()
    if now.balance != before.account.balance { after.balance = now.balance }
    if now.nonce != before.account.nonce { after.nonce = now.nonce }
    if now.codeHash != before.account.codeHash {
      after.codeHash = now.codeHash
      if !options.disableCode { after.code = Array(state.peekCode(now.codeHash).buffer) }
    }
    for (slot, word) in before.storage {
      let present = state.presentStorage(address, slot)
      if present != word, !present.isZero { after.storage[slot] = present }
    }
    return after
  }
}

// Contracts: their code, their birth and their end; logs and block hashes.

import Crypto
public import Ledger
public import Primitives

extension TransactionState {
  // MARK: Code

  /// The code, alive until the next `reset`.
  public func code(of address: Address) -> CodeReference {
    let entry = observed(.code, of: address)
    if let code = entry.pointee.code { return code }
    let code = findCode(entry.pointee.current.codeHash)
    entry.pointee.code = code
    return code
  }

  @inline(never)
  private func findCode(_ hash: Hash256) -> CodeReference {
    if hash == Code.emptyHash { return Code.empty.reference }
    if let code = core.pointee.newCodes[hash] { return code.reference }
    do throws(StateReadError) {
      // The view keeps its codes alive.
      return try core.pointee.view.codeReference(hash)
    } catch {
      fail(error)
      return Code.empty.reference
    }
  }

  /// Stores the code of a contract.
  public func setCode(_ code: UnsafeRawBufferPointer, of address: Address) {
    let index = accountIndex(address)
    appear(index)
    let hash = code.isEmpty ? Code.emptyHash : Keccak256.hash(code)
    // Kept until `reset` even if this is reverted: references may be about.
    if !code.isEmpty && core.pointee.newCodes[hash] == nil {
      // The bytes, the bitmap, and what an object costs.
      let bytes = code.count + code.count / 8 + 256
      guard core.pointee.budget.pointee.take(bytes) else { return }
      core.pointee.newCodeBytes += bytes
      core.pointee.newCodes[hash] = Code(code, hash: hash)
    }
    let entry = core.pointee.accounts[index]
    core.pointee.journal.append(
      JournalRecord(.codeChanged, index, previous: entry.pointee.current.codeHash.word))
    entry.pointee.current.codeHash = hash
    entry.pointee.code = nil
  }

  // MARK: Birth and end

  /// Whether a contract may not be created at the address: nonce, code or storage stand there
  /// (EIP-684, EIP-7610).
  public func accountCollides(_ address: Address) -> Bool {
    let entry = observed([.nonce, .code, .existence], of: address)
    if entry.pointee.current.nonce != 0 || entry.pointee.current.hasCode { return true }
    // What writes storage has code or, once it ran as a delegation or as creation code, a nonce; so
    // the view knows of all storage here, unless the account was destroyed in this block.
    guard entry.pointee.existed && entry.pointee.generation == 0 else { return false }
    do throws(StateReadError) {
      return try core.pointee.view.hasStorage(address)
    } catch {
      fail(error)
      return false
    }
  }

  /// Begins the life of a contract: marks it as created in this transaction, gives it `nonce`, and
  /// moves the endowment.
  public func createContract(
    _ address: Address, creator: Address, value: UInt256, nonce: UInt64
  ) {
    let index = accountIndex(address)
    appear(index)
    core.pointee.journal.append(JournalRecord(.created, index))
    core.pointee.accounts[index].pointee.createdEpoch = core.pointee.epoch
    if nonce != 0 { setNonce(of: index, to: nonce) }
    transfer(value, from: creator, to: address)
  }

  /// SELFDESTRUCT by the fork's rule: moves the whole balance and, where the rule says so, marks the
  /// account for deletion at the end of the transaction. True when it was not marked before.
  public func selfDestruct(_ address: Address, beneficiary: Address) -> Bool {
    let index = accountIndex(address)
    let balance = observed(.balance, of: address).pointee.current.balance
    transfer(balance, from: address, to: beneficiary)
    let epoch = core.pointee.epoch
    let entry = core.pointee.accounts[index]
    if core.pointee.rules.destroysOnlyNewContracts && entry.pointee.createdEpoch != epoch {
      return false
    }
    // What a contract leaves to itself is burnt.
    if !entry.pointee.current.balance.isZero { setBalance(of: index, to: .zero) }
    if entry.pointee.destroyedEpoch == epoch { return false }
    entry.pointee.destroyedEpoch = epoch
    core.pointee.journal.append(JournalRecord(.destroyed, index))
    core.pointee.hasEndMarks = true
    return true
  }

  // MARK: Logs and block hashes

  /// Appends an event.
  public func log(
    _ address: Address, topics: UnsafeBufferPointer<UInt256>, data: UnsafeRawBufferPointer
  ) {
    core.pointee.logs.append(address, topics: topics, data: data)
  }

  /// The hash of block `number`, zero where the view does not know it.
  public func blockHash(_ number: UInt64) -> Hash256 {
    do throws(StateReadError) {
      return try core.pointee.view.blockHash(number) ?? .zero
    } catch {
      fail(error)
      return .zero
    }
  }
}

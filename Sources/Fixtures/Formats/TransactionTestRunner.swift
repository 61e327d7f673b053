// TransactionTests: an encoding, and what each fork says of it.

internal import EVM
internal import Execution
internal import JSON
internal import Ledger
internal import Primitives
internal import State

/// Runs `{txbytes, result}`: per fork either hash, sender and intrinsic gas, or an exception.
final class TransactionTestRunner: FormatRunner {
  private let executor = TransactionExecutor()

  func run(
    _ file: FixtureFile, _ selection: CaseSelection, report: (CaseResult) -> Void
  ) throws(JSONError) {
    for member in try file.document.root.members() {
      let encoding = try member.value.field("txbytes").bytes()
      for result in try member.value.field("result").members() {
        let forkName = result.key.string
        let name = "\(member.key.string) \(forkName)"
        let fork = Fork(forkName)
        guard selection.includes(fork), selection.includes(name, path: file.path) else { continue }
        let verdict: Verdict
        if let reason = SkipList.reason(path: file.path, name: member.key.string) {
          verdict = .skipped(reason)
        } else if let fork {
          verdict = try self.verdict(encoding, fork, result.value)
        } else {
          verdict = .leftOut("fork \(forkName)")
        }
        report(CaseResult(name: name, verdict: verdict))
      }
    }
  }

  private func verdict(
    _ encoding: [UInt8], _ fork: Fork, _ result: JSONValue
  ) throws(JSONError) -> Verdict {
    let exception = try result.optionalField("exception")?.string()
    switch (check(encoding, fork), exception) {
    case (.failure(let error), .some(let name)):
      return error.reasons.contains { ExceptionNames.accept($0, for: name) }
        ? .passed : .failed("expected refusal \(name); refused for \(error)")
    case (.failure(let refusal), nil): return .failed("expected to be valid; refused: \(refusal)")
    case (.success, .some(let name)): return .failed("expected refusal \(name); it is valid")
    case (.success(let valid), nil):
      var findings = Findings()
      findings.compare("hash", try result.field("hash").hash(), valid.transaction.hash)
      findings.compare("sender", try result.field("sender").address(), valid.sender)
      findings.compare(
        "intrinsic gas", try result.field("intrinsicGas").uint64(), valid.intrinsicGas)
      return findings.verdict
    }
  }

  private struct Valid {
    let transaction: Transaction
    let sender: Address
    let intrinsicGas: UInt64
  }

  /// Everything that can be said of a transaction without a state.
  private func check(_ encoding: [UInt8], _ fork: Fork) -> Result<Valid, RefusalError> {
    // A fork does not look into a type that it does not know, but the suite at times does.
    var reasons: [Refusal] = []
    if let kind = encoding.first.flatMap(Transaction.Kind.init), kind.firstFork > fork {
      reasons.append(.typeNotSupported(kind))
    }
    let transaction: Transaction
    do throws(TransactionDecodingError) {
      transaction = try Transaction(decoding: encoding)
    } catch {
      return .failure(RefusalError(reasons + [Refusal(error)]))
    }
    if !reasons.isEmpty { return .failure(RefusalError(reasons)) }
    let sender: Address
    do throws(SignatureError) {
      sender = try transaction.recoverSender(fork: fork, chainID: 1)
    } catch {
      return .failure(RefusalError([.signature(error)]))
    }
    if let refusal = refusalByRules(transaction, sender, fork) {
      return .failure(RefusalError([refusal]))
    }
    let gas = TransactionRules(fork).intrinsicGas.cost(of: transaction)
    return .success(
      Valid(transaction: transaction, sender: sender, intrinsicGas: gas.intrinsic))
  }

  /// The rules, asked over a state in which the sender is rich and has the transaction's nonce. How
  /// much is sent is no matter of form.
  private func refusalByRules(
    _ transaction: Transaction, _ sender: Address, _ fork: Fork
  ) -> Refusal? {
    var transaction = transaction
    transaction.value = .zero
    let state = MemoryState([
      AccountAllocation(address: sender, nonce: transaction.nonce, balance: .max)
    ])
    executor.begin(
      BlockEnvironment(gasLimit: .max), rules: TransactionRules(fork), on: state)
    do throws(ExecutionError) {
      try executor.check(transaction, from: sender)
    } catch {
      guard case .invalid(let reason) = error else { return nil }
      return Refusal(reason)
    }
    return nil
  }
}

/// A refusal as an error; more than one reason where more than one thing is wrong.
private struct RefusalError: Error, CustomStringConvertible {
  let reasons: [Refusal]

  init(_ reasons: [Refusal]) { self.reasons = reasons }

  var description: String { reasons.map { "\($0)" }.joined(separator: ", ") }
}

// One case of a state test: a transaction over a state, and what must come of it.

internal import Chain
internal import EVM
internal import Execution
internal import JSON
internal import Ledger
internal import Primitives
internal import State

/// One case of a state test.
struct StateTestCase {
  let rules: TransactionRules
  let environment: BlockEnvironment
  let allocations: [AccountAllocation]
  let transaction: StateTestTransaction.Built
  let sender: Address
  let expectedRoot: Hash256
  let expectedLogs: Hash256
  let expectedException: String?
  let encoding: [UInt8]?
  let isExecutionSpecTest: Bool

  init(
    of test: StateTest, _ element: JSONValue, _ forkName: String, _ fork: Fork
  ) throws(JSONError) {
    let setting = try test.setting(fork, name: forkName)
    (rules, environment) = (setting.rules, setting.environment)
    allocations = try test.allocations()
    let template = StateTestTransaction(try test.value.field("transaction"))
    transaction = try template.transaction(
      StateTestTransaction.Indexes(try element.field("indexes")))
    sender = try template.sender()
    expectedRoot = try element.field("hash").hash()
    expectedLogs = try element.field("logs").hash()
    expectedException = try element.optionalField("expectException")?.string()
    isExecutionSpecTest = try test.value.has("config")
    encoding = try element.optionalField("txbytes")?.bytes()
  }

  /// Executes the case; `trace` gets the summary of an executed transaction.
  func verdict(_ executor: TransactionExecutor, trace: ((String) -> Void)?) -> Verdict {
    let state = MemoryState(allocations)
    switch signedTransaction() {
    case .refused(let refusal): return judge(refusal, "\(refusal)", state, executor)
    case .disagreeing(let reason): return .failed(reason)
    case .agreed(let transaction): return execute(transaction, state, executor, trace)
    }
  }

  private enum Signed {
    case agreed(Transaction)
    case refused(Refusal)
    case disagreeing(String)
  }

  /// The transaction of the template, held against the signed one where the case gives it.
  private func signedTransaction() -> Signed {
    let built: Transaction
    switch transaction {
    case .failure(let error): return .refused(Refusal(error))
    case .success(let transaction): built = transaction
    }
    guard let encoding else { return .agreed(built) }
    let decoded: Transaction
    do throws(TransactionDecodingError) {
      decoded = try Transaction(decoding: encoding)
    } catch {
      return .refused(Refusal(error))
    }
    do throws(SignatureError) {
      let signer = try decoded.recoverSender(fork: rules.fork, chainID: environment.chainID)
      guard signer == sender else {
        return .disagreeing("txbytes: expected sender \(sender), recovered \(signer)")
      }
    } catch {
      return .refused(.signature(error))
    }
    var unsigned = decoded
    unsigned.signature = built.signature
    if unsigned.kind == .legacy { unsigned.chainID = nil }
    guard unsigned == built else {
      return .disagreeing("txbytes: \(unsigned.differences(from: built))")
    }
    return .agreed(decoded)
  }

  private func execute(
    _ transaction: Transaction, _ state: MemoryState, _ executor: TransactionExecutor,
    _ trace: ((String) -> Void)?
  ) -> Verdict {
    executor.begin(environment, rules: rules, on: FixtureView(state))
    let outcome: TransactionOutcome
    do throws(ExecutionError) {
      outcome = try executor.execute(transaction, from: sender)
    } catch {
      if error == .memoryLimit { return .undecided }
      guard case .invalid(let reason) = error else { return .failed("not executed: \(error)") }
      return judge(Refusal(reason), reason.message(about: transaction), state, executor)
    }
    let output = Array(executor.output)
    executor.pay(.zero, to: environment.coinbase)
    let logs = Log.hash(of: outcome.logs)
    state.apply(executor.state.diff())
    let root = state.root()
    trace?(
      TraceSummary(
        stateRoot: root, output: output, gasUsed: outcome.gasUsed, passed: outcome.succeeded
      ).line)
    if let expectedException {
      return .failed("expected refusal \(expectedException); the transaction was executed")
    }
    guard logs == expectedLogs, root == expectedRoot else {
      return .failed(
        """
        expected state root \(expectedRoot), logs \(expectedLogs)
        got      state root \(root), logs \(logs)
        gas used \(outcome.gasUsed), ended by \(outcome.halt.map { "\($0)" } ?? "success")
        """)
    }
    return .passed
  }

  private func judge(
    _ refusal: Refusal, _ detail: String, _ state: MemoryState, _ executor: TransactionExecutor
  ) -> Verdict {
    guard let expectedException else { return .failed("expected to execute; refused: \(detail)") }
    guard ExceptionNames.accept(refusal, for: expectedException) else {
      return .failed("expected refusal \(expectedException); refused for \(refusal)")
    }
    let root = rootAfterRefusal(state, executor)
    guard root == expectedRoot else {
      return .failed("refused as expected; expected unchanged root \(expectedRoot), got \(root)")
    }
    return .passed
  }

  /// The root of the state after a refusal. The older fillers touch the coinbase then too, which
  /// before EIP-161 makes it an empty account; the Execution Spec Tests do not.
  private func rootAfterRefusal(_ state: MemoryState, _ executor: TransactionExecutor) -> Hash256 {
    if isExecutionSpecTest { return state.root() }
    executor.begin(environment, rules: rules, on: FixtureView(state))
    executor.pay(.zero, to: environment.coinbase)
    state.apply(executor.state.diff())
    return state.root()
  }
}

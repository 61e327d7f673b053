// Whether the measured chain is the right one.

internal import Execution
internal import Ledger
internal import Primitives
internal import State
internal import Storage
internal import Workloads

/// Compares what a measurement left behind with what must come out: what everybody owns with the
/// stream's own count, some blocks with their execution one transaction after another, and the root of the
/// state with that of all that is stored.
struct FullPathCheck {
  private let plan: FullPathPlan
  private let stream: TransferStream
  private let isStopped: () -> Bool

  /// How many blocks are executed again, evenly spread over the last `window`: reading the state of one
  /// takes the longer the more blocks followed.
  private static let comparedBlocks: UInt64 = 5
  private static let window: UInt64 = 60

  init(_ plan: FullPathPlan, _ stream: TransferStream, isStopped: @escaping () -> Bool) {
    self.plan = plan
    self.stream = stream
    self.isStopped = isStopped
  }

  /// What is wrong; empty when all is well. Throws `interrupted` when it is stopped.
  func problems(
    in store: Store, _ result: inout FullPathResult
  ) throws(StoreError) -> [String] {
    var problems: [String] = []
    do throws(StateReadError) {
      problems += try stream.problems(in: store.state)
    } catch {
      throw .state(error)
    }
    let newest = store.head.number
    let oldest = newest > Self.window ? newest - Self.window : 1
    guard newest >= oldest else { return problems + ["no block is left to be compared"] }
    let step = max(1, (newest - oldest) / Self.comparedBlocks)
    for number in stride(from: oldest, through: newest, by: Int(step)) {
      try goOn()
      problems += try compare(number, in: store)
      result.comparedBlocks += 1
    }
    // Every record, and the state root from all accounts and slots.
    _ = try store.verify { _ throws(StoreError) in try goOn() }
    return problems
  }

  private func goOn() throws(StoreError) { if isStopped() { throw .interrupted } }

  /// Executes a block on the state before it, one transaction after another.
  private func compare(_ number: UInt64, in store: Store) throws(StoreError) -> [String] {
    guard let header = try store.header(number), let body = try store.body(number),
      let before = try store.view(at: number - 1), let after = try store.view(at: number)
    else { return ["block \(number) is not in the store"] }
    var transactions: [Transaction] = []
    var senders: [Address] = []
    for index in 0..<body.transactions.count {
      guard let transaction = try? Transaction(decoding: body.transactions[index]),
        let sender = try? transaction.recoverSender()
      else { return ["transaction \(index) of block \(number) is none"] }
      transactions.append(transaction)
      senders.append(sender)
    }
    let block = ExecutableBlock(
      Block(header: header, transactions: transactions, withdrawals: []), senders: senders,
      rules: TransferStream.rules)
    guard let outcome = try? SequentialExecutor().execute(block, on: before) else {
      return ["block \(number) cannot be executed"]
    }
    var problems: [String] = []
    if OrderedTrieRoot.of(outcome.receipts.map(\.encoded)) != header.receiptsRoot {
      problems.append("the receipts of block \(number) differ from the sequential ones")
    }
    if outcome.gasUsed != header.gasUsed || outcome.bloom != header.logsBloom {
      problems.append("gas or bloom of block \(number) differ from the sequential ones")
    }
    do throws(StateReadError) {
      for change in outcome.diff.accounts {
        var isSame = try after.account(change.address) == change.account
        for slot in change.storage {
          isSame = try after.storage(change.address, slot.slot) == slot.value && isSame
        }
        if !isSame {
          problems.append("\(change.address) after block \(number) is not what execution gives")
          break
        }
      }
    } catch {
      throw .state(error)
    }
    return problems
  }
}

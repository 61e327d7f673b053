// Blocks one transaction after another and in parallel, in turns.

internal import EVM
internal import Execution

/// Measures blocks, each executed by the sequential executor, by the parallel one with one worker, and
/// by so many as are asked for, in turns on the same state and with the same analysed code.
///
/// Every outcome is compared with the first one of the sequential executor, and that one is checked.
/// Runs on a thread whose stack has `EVM.nativeStackSize` bytes, such as one of `WorkerThreads`.
public final class ParallelBench {
  /// What came of a block.
  public enum Verdict: Sendable {
    /// The figures, for each number of threads.
    case measured([BenchResult])
    /// What is wrong, one a line.
    case wrong([String])
    /// Why there are neither figures nor a verdict: it needs more memory than it may take.
    case unusable(String)
  }

  /// What is told while it works: how many rounds are done, and of how many.
  public typealias Progress = (_ done: Int, _ of: Int) -> Void

  private let rounds: Int
  /// Makes the access list that the parallel executors are told; nil where they are told nothing.
  private let lister: SequentialExecutor?
  private let sequential: SequentialExecutor
  private let oneWorker: ParallelExecutor
  private let parallel: [(threads: Int, executor: ParallelExecutor)]
  private let memoryLimit: Int
  private let measuresMachine: Bool

  /// A bench that executes each block `rounds` times in each way. With `foretelling`, the parallel
  /// executors are told what each block from Cancun on accesses (EIP-7928). With `measuresMachine`,
  /// threads that have nothing to do with each other take turns with the others.
  public init(
    threads: [Int], rounds: Int, foretelling: Bool = false, memoryLimit: Int? = nil,
    measuresMachine: Bool = true
  ) {
    let memoryLimit = memoryLimit ?? EVM.defaultMemoryLimit
    lister = foretelling ? SequentialExecutor(memoryLimit: memoryLimit) : nil
    lister?.emitsAccessLists = true
    self.rounds = max(1, rounds)
    self.memoryLimit = memoryLimit
    self.measuresMachine = measuresMachine
    sequential = SequentialExecutor(memoryLimit: memoryLimit)
    let oneWorker = ParallelExecutor(workers: 1, memoryLimit: memoryLimit)
    self.oneWorker = oneWorker
    parallel = Set(threads.map { max(1, $0) }).sorted().map { threads in
      let executor =
        threads == 1 ? oneWorker : ParallelExecutor(workers: threads, memoryLimit: memoryLimit)
      return (threads, executor)
    }
  }

  /// Measures a block.
  public func measure(_ subject: BenchSubject, progress: Progress = { _, _ in }) -> Verdict {
    progress(0, rounds)
    var sides = [BenchSide(sequential), BenchSide(oneWorker)]
    sides += parallel.filter { $0.threads > 1 }.map { BenchSide($0.executor) }
    let apart = parallel.filter { $0.threads > 1 && measuresMachine }.map {
      SideBySide(threads: $0.threads, memoryLimit: memoryLimit)
    }
    do throws(BenchProblem) {
      // Once without a clock: code is analysed and memory is in place for all.
      let reference = try sides[0].execute(subject)
      let problems = subject.problems(reference)
      guard problems.isEmpty else { throw BenchProblem(lines: problems) }
      var subject = subject
      if let lister {
        subject.block.predictedAccesses = try BenchSide(lister).execute(subject).accessList
      }
      for side in sides.dropFirst() { try side.check(try side.execute(subject), reference) }
      for threads in apart { try threads.measure(subject, reference, against: nil) }
      for round in 0..<rounds {
        // Back and forth, so that no side always comes after the same other one.
        let order = Array(sides.indices)
        for index in round.isMultiple(of: 2) ? order : order.reversed() {
          try sides[index].measure(subject, reference)
        }
        for threads in apart {
          try threads.measure(
            subject, reference, against: sides[0].figures.seconds.values.last)
        }
        progress(round + 1, rounds)
      }
      return .measured(
        parallel.map { threads, _ in
          // The parallel sides stand in order of their threads.
          let place = parallel.filter { $0.threads > 1 && $0.threads <= threads }.count
          return BenchResult(
            name: subject.name, threads: threads, transactions: reference.receipts.count,
            gasUsed: reference.gasUsed, isRecorded: subject.isRecorded,
            sequential: sides[0].figures,
            oneWorker: sides[1].figures, parallel: sides[threads == 1 ? 1 : 1 + place].figures,
            machineScaling: apart.first { $0.threads == threads }?.scaling ?? Series())
        })
    } catch {
      if let shortage = error.cause?.memoryShortage(limit: memoryLimit) {
        return .unusable("\(subject.name): \(shortage)")
      }
      return .wrong(error.lines.map { "\(subject.name): \($0)" })
    }
  }
}

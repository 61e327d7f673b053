// From signed bytes to durable blocks, under the clock.

internal import Chain
internal import Execution
internal import Fixtures
internal import Foundation
internal import Ledger
internal import Primitives
internal import State
internal import Storage
internal import Synchronization
internal import Workloads

/// Measures the full path: everything is made ready, then signed bytes go in at one end as fast as
/// blocks become durable at the other.
public struct FullPathRun: Sendable {
  let plan: FullPathPlan
  private let folder: String
  let note: @Sendable (_ what: String, _ done: Int, _ of: Int) -> Void
  private let isStopped: @Sendable () -> Bool

  /// A measurement that keeps what it prepares in `folder`. `note` is told how far it has come. It ends
  /// with an error soon after it `isStopped`, and leaves nothing behind but what is prepared.
  public init(
    _ plan: FullPathPlan, folder: String, isStopped: @escaping @Sendable () -> Bool = { false },
    note: @escaping @Sendable (_ what: String, _ done: Int, _ of: Int) -> Void
  ) {
    self.plan = plan
    self.folder = folder
    self.isStopped = isStopped
    self.note = note
  }

  /// Throws when the measurement is stopped.
  func goOn() throws(FullPathError) { if isStopped() { throw .interrupted } }

  /// Prepares what is not there yet, measures, and checks what came out.
  public func run() throws(FullPathError) -> FullPathResult {
    let preparation = try FullPathPreparation(
      plan, folder: folder, isStopped: isStopped, note: note)
    RunFolder.removeAbandoned(in: folder)
    let stream = try preparation.stream(preparation.crowd())
    let run = RunFolder(in: folder)
    let path = run.path
    try preparation.makeStore(at: path, stream)
    defer { run.remove() }
    var result = FullPathResult(plan)
    let store: Store
    do throws(StoreError) {
      let begin = WallClock.now
      store = try Store.open(at: path, options: options)
      result.openSeconds = Double(WallClock.now - begin) / 1e9
    } catch {
      throw FullPathError(
        "\(error); it is a copy of \(preparation.storePath): delete that, so that it is made anew")
    }
    // Nothing may write there when the folder is removed.
    defer { try? store.close() }
    let before = try Yardstick.recovery(preparation.blocksPath, threads: plan.threads)
    try measure(store, preparation.blocksPath, &result)
    let after = try Yardstick.recovery(preparation.blocksPath, threads: plan.threads)
    result.yardstick = (before + after) / 2
    do throws(StoreError) {
      result.problems += try FullPathCheck(plan, stream, isStopped: isStopped)
        .problems(in: store, &result)
      try store.close()
    } catch .interrupted {
      throw .interrupted
    } catch {
      throw FullPathError("\(error)")
    }
    return result
  }

  private var options: Store.Options {
    var options = Store.Options(cacheSize: plan.cacheSize, workerCount: plan.threads)
    options.isSynced = plan.isSynced
    return options
  }
}

// One process of several that share the rounds.

internal import Foundation
internal import Samples

/// Tries rounds until its share is done.
public struct FuzzWorker {
  /// How long one target is tried before it is the next one's turn, in seconds.
  private static let turn = 0.25
  /// How much address space a worker may take, in bytes: memory without bound becomes a trap.
  private static let memoryLimit: UInt = 6 << 30
  /// Of one target no more findings are written down.
  private static let findingLimit = 20

  private let plan: FuzzPlan
  private let number: Int
  private let ledger: FuzzLedger

  /// Does the share of worker `number`, until a time in seconds since 1970; answers what was in the
  /// way. The calling thread needs a deep stack.
  public static func work(_ plan: FuzzPlan, number: Int, until deadline: Int?) -> String? {
    limitMemory()
    // Who stops a run stops its parent, which has a report to write; an orphan ends by itself.
    signal(SIGINT, SIG_IGN)
    signal(SIGTERM, SIG_IGN)
    do throws(FuzzError) {
      try FuzzWorker(plan, number: number).run(deadline: deadline.map { Double($0) })
      return nil
    } catch {
      return error.message
    }
  }

  /// Worker `number` of a plan, which goes on where one of that number left off.
  init(_ plan: FuzzPlan, number: Int) throws(FuzzError) {
    self.plan = plan
    self.number = number
    ledger = try FuzzLedger(path: plan.ledgerPath(number), targets: plan.targets.count)
  }

  func run(deadline: Double?) throws(FuzzError) {
    var pending: [(index: Int, target: any FuzzTarget)] = []
    for (index, name) in plan.targets.enumerated() {
      guard let type = FuzzTargets.named(name) else {
        throw FuzzError(message: "there is no target \(name)")
      }
      pending.append((index, type.init()))
    }
    var findings = [Int](repeating: 0, count: plan.targets.count)
    let parent = getppid()
    // Nobody would read what an orphan finds.
    while !pending.isEmpty, !isOver(deadline), getppid() == parent {
      var left: [(index: Int, target: any FuzzTarget)] = []
      for (index, target) in pending {
        let isDone = try tryTarget(target, index, until: deadline, &findings[index])
        if !isDone, findings[index] < Self.findingLimit { left.append((index, target)) }
      }
      pending = left
    }
  }

  /// Tries a target for its turn; true when no round of it is left.
  private func tryTarget(
    _ target: any FuzzTarget, _ index: Int, until deadline: Double?, _ findings: inout Int
  ) throws(FuzzError) -> Bool {
    let end = Self.now + Self.turn
    repeat {
      let round = ledger.begun(index) * UInt64(plan.jobs) + UInt64(number)
      if case .rounds(let count) = plan.end, round >= count { return true }
      ledger.begin(index, round: round)
      var generator = SeededGenerator(
        seed: plan.seed, target: type(of: target).name, round: round)
      if let finding = target.run(&generator) {
        findings += 1
        try plan.write(
          FoundCase(
            target: type(of: target).name, seed: plan.seed, round: round, finding: finding))
      }
      ledger.end(index)
    } while Self.now < end && !isOver(deadline)
    return false
  }

  private func isOver(_ deadline: Double?) -> Bool { deadline.map { Self.now >= $0 } ?? false }

  /// Seconds since 1970.
  static var now: Double { Date().timeIntervalSince1970 }

  private static func limitMemory() {
    #if os(Linux)
      var limit = rlimit(rlim_cur: memoryLimit, rlim_max: memoryLimit)
      _ = setrlimit(__rlimit_resource_t(RLIMIT_AS.rawValue), &limit)
    #endif
  }
}

extension FuzzPlan {
  /// Writes a finding into the folder, where `FuzzRun` looks for it.
  func write(_ found: FoundCase) throws(FuzzError) {
    let folder = "\(folder)/findings"
    let text = "\(found.command)\n\(found.finding)\n"
    do {
      try FileManager.default.createDirectory(
        atPath: folder, withIntermediateDirectories: true)
      try Data(text.utf8).write(
        to: URL(fileURLWithPath: "\(folder)/\(found.target)-\(found.seed)-\(found.round).txt"))
    } catch {
      throw FuzzError(message: "cannot write into \(folder): \(error.localizedDescription)")
    }
  }
}

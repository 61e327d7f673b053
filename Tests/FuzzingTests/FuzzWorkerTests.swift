// Workers share the rounds, keep their notes, and go on where they left off.

import Foundation
@testable import Fuzzing
import Testing

@Suite struct FuzzWorkerTests {
  private let folder = FileManager.default.temporaryDirectory
    .appendingPathComponent("needletail-fuzz-\(UUID().uuidString)").path

  private func plan(rounds: UInt64, jobs: Int) throws -> FuzzPlan {
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    return FuzzPlan(
      targets: ["rlp", "hex"], seed: 1, end: .rounds(rounds), jobs: jobs, folder: folder)
  }

  @Test func `Workers try every round once`() throws {
    let plan = try plan(rounds: 7, jobs: 2)
    defer { try? FileManager.default.removeItem(atPath: folder) }
    for number in 0..<2 { try FuzzWorker(plan, number: number).run(deadline: nil) }
    let ledgers = try (0..<2).map { try FuzzLedger(path: plan.ledgerPath($0), targets: 2) }
    for target in 0..<2 {
      #expect(ledgers[0].finished(target) == 4 && ledgers[1].finished(target) == 3)
    }
    #expect(ledgers[0].current == nil)
  }

  @Test func `The case in hand outlives its worker, whose successor begins after it`() throws {
    let plan = try plan(rounds: 10, jobs: 1)
    defer { try? FileManager.default.removeItem(atPath: folder) }
    do {
      let ledger = try FuzzLedger(path: plan.ledgerPath(0), targets: 2)
      ledger.begin(1, round: 0)
    }
    let ledger = try FuzzLedger(path: plan.ledgerPath(0), targets: 2)
    let inHand = try #require(ledger.current)
    #expect(inHand.target == 1 && inHand.round == 0)
    try FuzzWorker(plan, number: 0).run(deadline: nil)
    #expect(ledger.finished(0) == 10 && ledger.finished(1) == 9)
  }

  @Test func `A finding is written down with the command that shows it again`() throws {
    let plan = try plan(rounds: 1, jobs: 1)
    defer { try? FileManager.default.removeItem(atPath: folder) }
    let found = FoundCase(target: "hex", seed: 1, round: 5, finding: Finding("odd", input: [1]))
    try plan.write(found)
    let text = try String(contentsOfFile: "\(folder)/findings/hex-1-5.txt", encoding: .utf8)
    #expect(text == "needletail fuzz hex --seed 1 --round 5\nodd\ninput 0x01\n")
    let report = FuzzReport(
      plan: plan, cases: [1, 1], findings: [text], seconds: 0, stage: .stopped)
    #expect(report.exitStatus == 1)
    #expect(report.text.hasSuffix("2 cases, stopped\n1 passed, 1 failed\n"))
  }

  @Test func `A run that is stopped says what it has done`() throws {
    let plan = try plan(rounds: 1, jobs: 2)
    defer { try? FileManager.default.removeItem(atPath: folder) }
    // Workers that would take longer than anybody waits.
    let worker = "\(folder)/sleeper"
    try Data("#!/bin/sh\nexec sleep 600\n".utf8).write(to: URL(fileURLWithPath: worker))
    try FileManager.default.setAttributes([.posixPermissions: 0o755], ofItemAtPath: worker)
    let report = try FuzzRun(plan, executable: worker).run { true }
    #expect(report.stage == .stopped)
    let table = try String(contentsOfFile: "\(folder)/table.txt", encoding: .utf8)
    #expect(table == report.text && table.contains("0 cases, stopped\n"))
  }
}

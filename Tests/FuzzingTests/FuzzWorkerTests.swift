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
    let worker = try script("exec sleep 600")
    let report = try FuzzRun(plan, executable: worker).run { true }
    #expect(report.stage == .stopped)
    let table = try String(contentsOfFile: "\(folder)/table.txt", encoding: .utf8)
    #expect(table == report.text && table.contains("0 cases, stopped\n"))
  }

  @Test func `A worker that dies before it is stopped has found something`() throws {
    let plan = try plan(rounds: 10, jobs: 1)
    defer { try? FileManager.default.removeItem(atPath: folder) }
    // Notes in its ledger that it is at round 5 of the second target, says who it is, and dies.
    let worker = try script(
      #"""
      printf '\2\0\0\0\0\0\0\0\5' | dd of='\#(plan.ledgerPath(0))' conv=notrunc 2>/dev/null
      echo $$ >'\#(folder)/dead.part'
      mv '\#(folder)/dead.part' '\#(folder)/dead'
      ulimit -c 0
      kill -ILL $$
      """#)
    let report = try FuzzRun(plan, executable: worker).run {
      // Asked to stop only once the process is dead, and not yet asked for how it ended.
      while true {
        let text = try? String(contentsOfFile: "\(folder)/dead", encoding: .utf8)
        if let process = text.flatMap({ UInt32($0.filter(\.isNumber)) }) {
          var information = siginfo_t()
          return waitid(P_PID, process, &information, WEXITED | WNOWAIT) == 0
        }
        Thread.sleep(forTimeInterval: 0.01)
      }
    }
    #expect(report.stage == .stopped && report.exitStatus == 1)
    let expected = "needletail fuzz hex --seed 1 --round 5\nthe process died: signal(\(SIGILL))\n"
    #expect(report.findings == [expected])
  }

  /// An executable file of shell commands.
  private func script(_ commands: String) throws -> String {
    let path = "\(folder)/script"
    try Data("#!/bin/sh\n\(commands)\n".utf8).write(to: URL(fileURLWithPath: path))
    try FileManager.default.setAttributes([.posixPermissions: 0o755], ofItemAtPath: path)
    return path
  }

  @Test func `A finding that is still being written is not read`() throws {
    let plan = try plan(rounds: 1, jobs: 1)
    defer { try? FileManager.default.removeItem(atPath: folder) }
    let run = try FuzzRun(plan, executable: "/bin/true")
    try plan.write(FoundCase(target: "hex", seed: 1, round: 5, finding: Finding("odd")))
    try Data("needle".utf8).write(to: URL(fileURLWithPath: "\(folder)/findings/hex-1-6.txt.part"))
    #expect(run.progress.findings == 1)
    #expect(try FileManager.default.contentsOfDirectory(atPath: "\(folder)/findings").count == 2)
  }
}

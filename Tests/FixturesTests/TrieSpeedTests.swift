// Measuring the state root and Keccak.

import Testing

@testable import Fixtures

@Suite struct TrieSpeedTests {
  @Test func everyWayIsMeasured() throws {
    var plan = TrieSpeed.Plan()
    plan.accounts = 3000
    plan.slots = 2000
    plan.changes = 600
    plan.contracts = 3
    plan.rounds = 2
    let speed = try TrieSpeed.measured(plan)
    #expect(speed.rows.count == 4 && speed.memory > 0)
    #expect(speed.rows.allSatisfy { $0.milliseconds.median > 0 })
    #expect(speed.rows.prefix(3).allSatisfy { $0.hashes ?? 0 > 0 && $0.keys ?? 0 > 0 })
    #expect(speed.text.contains("StateTrie") && speed.json.contains("hashesMs"))
  }

  @Test func keccakIsMeasuredOnEachPath() {
    let speed = KeccakSpeed.measured()
    #expect(speed.rows.allSatisfy { $0.single > 0 && $0.batched.count == speed.paths.count })
    #expect(speed.text.contains("532") && speed.json.contains("singleNs"))
  }
}

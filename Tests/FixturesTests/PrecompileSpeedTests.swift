// Measuring precompiled contracts at their worst inputs.

import EVM
import Ledger
import Primitives
import Testing

@testable import Fixtures

@Suite struct PrecompileSpeedTests {
  @Test func theWorstOfAllInputsIsShown() {
    let speed = PrecompileSpeed.measured(filter: "BLAKE2F")
    #expect(speed.worst.map(\.contract) == ["BLAKE2F Istanbul"] && speed.targets.isEmpty)
    #expect(speed.worst.allSatisfy { $0.tried > 5 && $0.nanoseconds > 0 && $0.gas >= 700 })
    #expect(speed.text.contains("BLAKE2F") && speed.json.contains("mgasPerSecond"))
    #expect(
      speed.text.hasSuffix(speed.isFastEnough ? "1 fast enough, 0 too slow\n" : "1 too slow\n"))
    #expect(PrecompileSpeed.measured(filter: "nothing").worst.isEmpty)
  }

  @Test func everyContractOfTheNewestForkIsMeasured() {
    let measured = Set(PrecompileInputs.subjects.map(\.address))
    #expect(measured == Set(PrecompileTable.of(.latest).addresses.map(\.l0)))
  }

  /// An input that is refused early would measure nothing.
  @Test func theInputsAreAccepted() throws {
    var output = PrecompileOutput()
    defer { output.free() }
    for subject in PrecompileInputs.subjects where ![0x0c, 0x0e].contains(subject.address) {
      let contract = try #require(PrecompileTable.of(subject.fork)[Address(subject.address)])
      for input in subject.inputs() {
        #expect(
          input.bytes.withUnsafeBytes { contract.run($0, &output) },
          "\(contract.name) \(input.name)"
        )
      }
    }
  }

  @Test func slowIsNotFastEnough() {
    var speed = PrecompileSpeed()
    speed.worst.append(
      PrecompileSpeed.Worst(
        contract: "A", input: "b", tried: 1, nanoseconds: 50_000, gas: 1_000))
    #expect(speed.isFastEnough && speed.worst[0].megagasPerSecond == 20)
    speed.targets.append(PrecompileSpeed.Target(name: "c", nanoseconds: 11, limit: 10))
    #expect(!speed.isFastEnough && speed.text.hasSuffix("1 fast enough, 1 too slow\n"))
  }
}

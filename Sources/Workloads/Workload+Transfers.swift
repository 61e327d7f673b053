// Blocks of ether transfers.

internal import Ledger
internal import Primitives
internal import Samples

extension Workload {
  /// A block of transfers of ether between random people, of whom there is at least one.
  public static func transfers(_ count: Int, people: Int, seed: UInt64) -> Workload {
    var builder = WorkloadBuilder(seed: seed, people: people)
    _ = builder.populate(people)
    builder.betweenPeople(people, count: count) { sender, recipient, amount, builder in
      let call = Call(
        to: builder.address(of: recipient), value: amount, gas: 21_000...21_000)
      builder.add(call, by: sender)
    }
    return builder.workload(named: "transfers")
  }
}

extension WorkloadBuilder {
  /// Lets so many people be there from the beginning; answers their numbers.
  mutating func populate(_ people: Int) -> Range<Int> {
    for _ in 0..<people { _ = nextPerson() }
    return 0..<people
  }

  /// Calls `transfer` so often for a random person, another or the same one, and an amount.
  mutating func betweenPeople(
    _ people: Int, count: Int,
    _ transfer: (
      _ sender: Int, _ recipient: Int, _ amount: UInt256, _ builder: inout WorkloadBuilder
    ) -> Void
  ) {
    precondition(count >= 0 && people > 0, "somebody has to pay")
    for _ in 0..<count {
      let sender = random.below(people)
      let recipient = random.below(people)
      transfer(sender, recipient, UInt256(1 + random.below(1000)), &self)
    }
  }
}

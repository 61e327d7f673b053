// One after another, in the order of arrival.

internal import Execution
internal import Synchronization

/// Serves one thread at a time, and the others in the order in which they came. A lock alone may pass over
/// who waits for somebody who has just come.
final class ArrivalLine: Sendable {
  private struct Tickets {
    var next: UInt64 = 0
    var served: UInt64 = 0
  }

  private let tickets = Mutex(Tickets())
  private let place = SleepingPlace()

  /// Does `body` when all who came before are served.
  func serve<Value>(_ body: () throws(RPCError) -> Value) throws(RPCError) -> Value {
    let ticket = tickets.withLock { tickets in
      defer { tickets.next += 1 }
      return tickets.next
    }
    place.wait(until: { tickets.withLock { $0.served == ticket } })
    defer {
      tickets.withLock { $0.served += 1 }
      place.wakeAll()
    }
    return try body()
  }
}

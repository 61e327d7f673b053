// Where threads wait for each other.

import Synchronization
import Testing

@testable import Execution

@Suite struct SleepingPlaceTests {
  @Test func whoSleepsForATimeIsWokenByWhatIsDoneOrByTheTime() {
    let place = SleepingPlace()
    let isDone = Atomic(false)
    #expect(!place.wait(seconds: 0.01) { isDone.load(ordering: .relaxed) })
    #expect(!place.wait(seconds: -1) { isDone.load(ordering: .relaxed) })
    let isStarted = DeepThread.start {
      isDone.store(true, ordering: .relaxed)
      place.wakeAll()
    }
    #expect(isStarted)
    // Longer than can be counted in nanoseconds is for ever.
    #expect(place.wait(seconds: .infinity) { isDone.load(ordering: .relaxed) })
    #expect(place.wait(seconds: .nan) { true })
  }
}

// Random numbers: those that are published, within their bounds.

import Samples
import Testing

@Suite struct SeededGeneratorTests {
  @Test func theNumbersAreThePublishedOnesOfSplitMix64() {
    var random = SeededGenerator(seed: 1_234_567)
    let published: [UInt64] = [
      6_457_827_717_110_365_317, 3_203_168_211_198_807_973, 9_817_491_932_198_370_423,
      4_593_380_528_125_082_431, 16_408_922_859_458_223_821,
    ]
    for number in published { #expect(random.next() == number) }
  }

  @Test func drawnNumbersStayBelowTheirBoundAndReachAllOfIt() {
    var random = SeededGenerator(seed: 5)
    let drawn = Set((0..<200).map { _ in random.below(7) })
    #expect(drawn == Set(0..<7))
  }
}

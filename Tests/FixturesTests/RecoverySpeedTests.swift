// Measuring the recovery of keys.

import Crypto
import Fixtures
import Testing

@Suite struct RecoverySpeedTests {
  @Test func everyWayIsMeasuredAtEverySize() {
    let speed = RecoverySpeed.measured(rounds: 3, batches: [1, 9])
    let ways = BatchRecovery.allCases.filter(\.isAvailable)
    #expect(speed.rows.map(\.batch) == ways.map { _ in 1 } + ways.map { _ in 9 })
    #expect(speed.rows.map(\.way) == ways + ways)
    for row in speed.rows {
      #expect(row.least > 0 && row.least <= row.median && row.median <= row.most)
      #expect(row.way != .single || row.speedUp == 1)
    }
    #expect(speed.text.contains("libsecp256k1") && speed.json.contains("nsPerSignature"))
  }
}

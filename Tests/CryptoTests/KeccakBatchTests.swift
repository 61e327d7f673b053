// Many hashes at once are the hashes one by one.

import Crypto
import Primitives
import Samples
import Testing

@Suite struct KeccakBatchTests {
  static let backends = KeccakBackend.allCases.filter(\.isAvailable)

  private func hashes(_ messages: [[UInt8]], _ backend: KeccakBackend) -> [Hash256] {
    // All in one buffer, so that hardly any starts at a round address.
    let joined = messages.flatMap { $0 }
    return joined.withUnsafeBytes { bytes in
      var start = 0
      let parts = messages.map { message in
        defer { start += message.count }
        return UnsafeRawBufferPointer(rebasing: bytes[start..<start + message.count])
      }
      return [Hash256](unsafeUninitializedCapacity: parts.count) { places, count in
        parts.withUnsafeBufferPointer {
          Keccak256.hash(
            $0, into: UnsafeMutableBufferPointer(rebasing: places[..<parts.count]), backend: backend
          )
        }
        count = parts.count
      }
    }
  }

  @Test(arguments: backends)
  func everyLengthIsRight(_ backend: KeccakBackend) {
    var random = SeededGenerator(seed: 1)
    for copies in [1, 3, 8] {
      let messages = (0...700).flatMap { length in (0..<copies).map { _ in random.bytes(length) } }
      #expect(hashes(messages, backend) == messages.map { Keccak256.hash($0) })
    }
  }

  @Test(arguments: backends)
  func randomMixturesAreRight(_ backend: KeccakBackend) {
    var random = SeededGenerator(seed: 2)
    for _ in 0..<200 {
      let longest = random.pick([40, 140, 600, 2000])
      let messages = random.array(upTo: 60) { $0.bytes(upTo: longest) }
      #expect(hashes(messages, backend) == messages.map { Keccak256.hash($0) })
    }
  }

  @Test(arguments: backends)
  func messagesOfOneLengthAreRight(_ backend: KeccakBackend) {
    var random = SeededGenerator(seed: 3)
    for count in 0...40 {
      let words = (0..<count).map { _ in random.word() }
      let addresses = (0..<count).map { _ in random.address() }
      let pairs = random.bytes(64 * count)
      var hashes = [Hash256](repeating: .zero, count: count)
      hashes.withUnsafeMutableBufferPointer { places in
        words.withUnsafeBufferPointer { Keccak256.hash($0, into: places, backend: backend) }
      }
      #expect(hashes == words.map { Keccak256.hash($0) })
      hashes.withUnsafeMutableBufferPointer { places in
        addresses.withUnsafeBufferPointer { Keccak256.hash($0, into: places, backend: backend) }
      }
      #expect(hashes == addresses.map { Keccak256.hash($0) })
      hashes.withUnsafeMutableBufferPointer { places in
        pairs.withUnsafeBytes { Keccak256.hash(pairsOfWords: $0, into: places, backend: backend) }
      }
      #expect(hashes == (0..<count).map { Keccak256.hash(pairs[64 * $0..<64 * ($0 + 1)]) })
    }
  }

  @Test(arguments: backends)
  func writtenMessagesAreHashedWhereTheyStand(_ backend: KeccakBackend) {
    var random = SeededGenerator(seed: 4)
    var batch = KeccakBatch(backend: backend)
    var messages: [[UInt8]] = []
    let output = UnsafeMutableRawPointer.allocate(byteCount: 32 * 1000, alignment: 1)
    defer { output.deallocate() }
    for index in 0..<1000 {
      let message = random.bytes(upTo: KeccakBatch.capacity)
      let slot = UnsafeMutableRawBufferPointer(start: batch.slot, count: KeccakBatch.capacity)
      slot.copyBytes(from: message)
      batch.submit(count: message.count, to: output + 32 * index)
      messages.append(message)
      // A batch is good for more after it was flushed.
      if random.oneIn(50) { batch.flush() }
    }
    batch.flush()
    for (index, message) in messages.enumerated() {
      #expect(Hash256(bytesAt: output + 32 * index) == Keccak256.hash(message))
    }
  }

  @Test(arguments: backends)
  func copiedMessagesNeedNotStay(_ backend: KeccakBackend) {
    var random = SeededGenerator(seed: 5)
    var batch = KeccakBatch(backend: backend)
    let messages = (0..<500).map { _ in random.bytes(upTo: 2 * KeccakBatch.capacity) }
    let output = UnsafeMutableRawPointer.allocate(byteCount: 32 * messages.count, alignment: 1)
    defer { output.deallocate() }
    for (index, message) in messages.enumerated() {
      var passing = message
      passing.withUnsafeMutableBytes {
        batch.append(copyOf: UnsafeRawBufferPointer($0), to: output + 32 * index)
        $0.initializeMemory(as: UInt8.self, repeating: 0xff)
      }
    }
    batch.flush()
    for (index, message) in messages.enumerated() {
      #expect(Hash256(bytesAt: output + 32 * index) == Keccak256.hash(message))
    }
  }

  @Test func theBestBackendIsAvailable() {
    #expect(KeccakBackend.best.isAvailable)
    #expect(KeccakBackend.best != .twin)
  }
}

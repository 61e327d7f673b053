// RLP: what is written, and what is refused.

import Primitives
import Samples
import Testing

@Suite struct RLPTests {
  @Test func knownItemsAreWrittenAsTheYellowPaperSays() {
    func encoded(_ body: (inout RLPEncoder) -> Void) -> [UInt8] {
      var encoder = RLPEncoder()
      body(&encoder)
      return encoder.bytes
    }
    #expect(encoded { $0.encode(Array("dog".utf8)) } == [0x83] + "dog".utf8)
    #expect(encoded { $0.encode([]) } == [0x80])
    #expect(encoded { $0.encode([0x7f]) } == [0x7f])
    #expect(encoded { $0.encode([0x80]) } == [0x81, 0x80])
    #expect(encoded { $0.encode(0 as UInt64) } == [0x80])
    #expect(encoded { $0.encode(0x7f as UInt64) } == [0x7f])
    #expect(encoded { $0.encode(0x80 as UInt64) } == [0x81, 0x80])
    #expect(encoded { $0.encode(1024 as UInt64) } == [0x82, 4, 0])
    #expect(
      encoded { $0.encode(UInt256.one &<< 64) } == [0x89, 1] + [UInt8](repeating: 0, count: 8))
    #expect(encoded { $0.encode(true) } == [1] && encoded { $0.encode(false) } == [0x80])
    #expect(encoded { $0.encode(nil as Address?) } == [0x80])
    #expect(encoded { $0.list { _ in } } == [0xc0])
    let text = Array("Lorem ipsum dolor sit amet, consectetur adipisicing elit".utf8)
    #expect(encoded { $0.encode(text) } == [0xb8, 0x38] + text)
    #expect(encoded { $0.list { $0.encode(text) } } == [0xf8, 0x3a, 0xb8, 0x38] + text)
    let nested = encoded {
      $0.list {
        $0.list { _ in }; $0.list { $0.list { _ in } }
      }
    }
    #expect(nested == [0xc3, 0xc0, 0xc1, 0xc0])
  }

  @Test func valuesGoThereAndBack() throws {
    var source = SeededGenerator(seed: 21)
    for _ in 0..<2_000 {
      let number = source.next() >> (source.next() % 64)
      let word = source.word()
      let address = Address(truncating: source.word())
      let hash = Hash256(source.word())
      let bytes = (0..<Int(source.next() % 300)).map { _ in UInt8(truncatingIfNeeded: source.next())
      }
      var encoder = RLPEncoder()
      encoder.list { list in
        list.encode(number)
        list.encode(word)
        list.encode(address)
        list.encode(address as Address?)
        list.encode(nil as Address?)
        list.encode(hash)
        list.encode(bytes)
        list.encode(number & 1 == 1)
      }
      var outer = RLPReader(encoder.bytes)
      var reader = try outer.readList()
      try outer.expectEnd()
      #expect(try reader.remainingItemCount == 8)
      #expect(try reader.readUInt64() == number)
      #expect(try reader.readUInt256() == word)
      #expect(try reader.readAddress() == address)
      #expect(try reader.readOptionalAddress() == address)
      #expect(try reader.readOptionalAddress() == nil)
      #expect(try reader.readHash() == hash)
      #expect(try reader.readBytes() == bytes[...])
      #expect(try reader.readBool() == (number & 1 == 1))
      #expect(reader.isAtEnd)
    }
  }

  @Test func lengthsAroundEveryHeaderSizeGoThereAndBack() throws {
    for count in [0, 1, 2, 55, 56, 57, 255, 256, 257, 65_535, 65_536] {
      let bytes = [UInt8](repeating: 0xab, count: count)
      let item = RLPItem.list([.bytes(bytes), .list([.bytes(bytes)])])
      #expect(try RLPItem.decode(item.encoded) == item, "\(count)")
    }
  }

  @Test(
    arguments: [
      ([], .truncated, 0), ([0x81], .truncated, 0), ([0x82, 1], .truncated, 0),
      ([0xb8], .truncated, 0), ([0xb8, 56, 1], .truncated, 0), ([0xbf, 1, 2], .truncated, 0),
      ([0xc1], .truncated, 0), ([0xf8, 56], .truncated, 0),
      ([0x81, 0x7f], .nonCanonical, 0), ([0x81, 0x00], .nonCanonical, 0),
      ([0xb8, 55], .nonCanonical, 0), ([0xb9, 0, 56], .nonCanonical, 0),
      ([0xf8, 55], .nonCanonical, 0), ([0xf9, 0, 56], .nonCanonical, 0),
      ([0xbf, 255, 255, 255, 255, 255, 255, 255, 255], .truncated, 0),
      ([0xff, 255, 255, 255, 255, 255, 255, 255, 255], .truncated, 0),
      ([0xbf, 127, 255, 255, 255, 255, 255, 255, 255, 0], .truncated, 0),
      ([0xff, 128, 0, 0, 0, 0, 0, 0, 0, 0], .truncated, 0),
      ([0xc2, 0x81, 0x7f], .nonCanonical, 1), ([0xc2, 0xc1, 0x82], .truncated, 2),
      ([0x01, 0x02], .trailingBytes, 1), ([0xc0, 0xc0], .trailingBytes, 1),
    ] as [([UInt8], RLPError.Kind, Int)])
  func malformedItemsAreRefused(_ bytes: [UInt8], _ kind: RLPError.Kind, _ offset: Int) {
    #expect(throws: RLPError(kind, at: offset)) { try RLPItem.decode(bytes) }
  }

  @Test func valuesOfTheWrongShapeAreRefused() {
    func expect<Value>(
      _ kind: RLPError.Kind, _ bytes: [UInt8], at offset: Int = 0,
      _ read: (inout RLPReader) throws(RLPError) -> Value, line: Int = #line
    ) {
      var reader = RLPReader(bytes)
      #expect(throws: RLPError(kind, at: offset), "line \(line)") { _ = try read(&reader) }
    }
    func integer(_ reader: inout RLPReader) throws(RLPError) -> UInt64 { try reader.readUInt64() }
    func word(_ reader: inout RLPReader) throws(RLPError) -> UInt256 { try reader.readUInt256() }
    expect(.leadingZeros, [0x00], integer)
    expect(.leadingZeros, [0x82, 0, 1], integer)
    expect(.tooLarge, [0x89, 1, 0, 0, 0, 0, 0, 0, 0, 0], integer)
    expect(.unexpectedList, [0xc0], integer)
    expect(.leadingZeros, [0x00], word)
    expect(.tooLarge, [0xa1] + [UInt8](repeating: 1, count: 33), word)
    expect(.tooLarge, [0x02]) { (r: inout RLPReader) throws(RLPError) in try r.readBool() }
    expect(.wrongLength(expected: 20), [0x80]) {
      (r: inout RLPReader) throws(RLPError) in try r.readAddress()
    }
    expect(.wrongLength(expected: 20), [0x82, 1, 1]) {
      (r: inout RLPReader) throws(RLPError) in try r.readOptionalAddress()
    }
    expect(.wrongLength(expected: 32), [0x05]) {
      (r: inout RLPReader) throws(RLPError) in try r.readHash()
    }
    expect(.unexpectedBytes, [0x80]) { (r: inout RLPReader) throws(RLPError) in try r.readList() }
    expect(.unexpectedList, [0xc0]) { (r: inout RLPReader) throws(RLPError) in try r.readBytes() }
  }

  @Test func offsetsCountFromTheOutermostInput() throws {
    var reader = RLPReader([0xc5, 0x01, 0xc3, 0x02, 0x82, 0x00][...])
    #expect(throws: RLPError.self) { try RLPItem.decode([0xc5, 0x01, 0xc3, 0x02, 0x82, 0x00]) }
    var list = try reader.readList()
    #expect(list.offset == 1)
    try list.skip()
    var inner = try list.readList()
    #expect(inner.offset == 3)
    try inner.skip()
    #expect(throws: RLPError(.truncated, at: 4)) { try inner.skip() }
  }

  @Test func rawItemsKeepTheirHeaders() throws {
    var reader = RLPReader([0xc2, 0x01, 0x02, 0x81, 0xff])
    #expect(try reader.nextIsList)
    #expect(try reader.readRaw() == [0xc2, 0x01, 0x02])
    #expect(try !reader.nextIsList)
    #expect(try reader.readRaw() == [0x81, 0xff])
    #expect(reader.isAtEnd && reader.offset == 5)
  }

  @Test func deepNestingIsRefusedWithoutOverflowingTheStack() throws {
    // Each level wraps the one before; built from the inside out.
    var bytes: [UInt8] = [0xc0]
    for _ in 1..<RLPItem.depthLimit {
      var encoder = RLPEncoder()
      encoder.list { $0.appendRaw(bytes) }
      bytes = encoder.bytes
    }
    #expect(try RLPItem.decode(bytes).encoded == bytes)
    for _ in 0..<20_000 {
      var encoder = RLPEncoder()
      encoder.list { $0.appendRaw(bytes) }
      bytes = encoder.bytes
    }
    #expect(throws: RLPError.self) { try RLPItem.decode(bytes) }
  }

  @Test func whateverIsDecodedEncodesToTheSameBytes() {
    // Random bytes biased to headers: decoding must be the inverse of encoding, or refuse.
    var source = SeededGenerator(seed: 22)
    var accepted = 0
    for _ in 0..<200_000 {
      let count = Int(source.next() % 12)
      let bytes = (0..<count).map { _ in
        let headers: [UInt8] = [
          0x00, 0x01, 0x80, 0x81, 0x82, 0xb8, 0xc0, 0xc1, 0xc2, 0xc3, 0xf8, 0x7f,
        ]
        let random = source.next()
        return random % 3 == 0
          ? UInt8(truncatingIfNeeded: random >> 8) : headers[Int(random >> 8 % 12) % 12]
      }
      guard let item = try? RLPItem.decode(bytes) else { continue }
      accepted += 1
      #expect(item.encoded == bytes)
    }
    #expect(accepted > 1_000)
  }

  @Test func treesWithTooManyItemsAreRefused() throws {
    func list(_ count: Int) -> [UInt8] {
      var encoder = RLPEncoder()
      encoder.list { list in
        for _ in 0..<count { list.encode([1]) }
      }
      return encoder.bytes
    }
    _ = try RLPItem.decode(list(RLPItem.countLimit - 1))
    #expect(throws: RLPError(.tooManyItems, at: RLPItem.countLimit + 3)) {
      try RLPItem.decode(list(RLPItem.countLimit))
    }
  }
}

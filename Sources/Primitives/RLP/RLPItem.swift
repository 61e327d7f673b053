// RLP as a tree, for data whose shape is not known beforehand.

/// An RLP item: a byte string, or a list of items.
public indirect enum RLPItem: Hashable, Sendable {
  /// A byte string.
  case bytes([UInt8])
  /// A list.
  case list([RLPItem])

  /// How deep lists may be nested.
  public static let depthLimit = 1024
  /// How many items there may be in all: as a tree, an item of one byte takes a hundred.
  public static let countLimit = 1 << 20

  /// The one item whose canonical encoding is `encoding`.
  public static func decode(_ encoding: [UInt8]) throws(RLPError) -> RLPItem {
    var reader = RLPReader(encoding)
    var room = countLimit
    let item = try read(from: &reader, depth: 0, room: &room)
    try reader.expectEnd()
    return item
  }

  /// The canonical encoding.
  public var encoded: [UInt8] {
    var encoder = RLPEncoder()
    write(to: &encoder)
    return encoder.bytes
  }

  /// Writes the item to `encoder`.
  public func write(to encoder: inout RLPEncoder) {
    switch self {
    case .bytes(let bytes): encoder.encode(bytes)
    case .list(let items):
      encoder.list { encoder in
        for item in items { item.write(to: &encoder) }
      }
    }
  }

  private static func read(
    from reader: inout RLPReader, depth: Int, room: inout Int
  ) throws(RLPError) -> RLPItem {
    if room == 0 { throw RLPError(.tooManyItems, at: reader.offset) }
    room -= 1
    guard try reader.nextIsList else { return .bytes(Array(try reader.readBytes())) }
    if depth == depthLimit { throw RLPError(.tooDeep, at: reader.offset) }
    var inner = try reader.readList()
    var items: [RLPItem] = []
    while !inner.isAtEnd { items.append(try read(from: &inner, depth: depth + 1, room: &room)) }
    return .list(items)
  }
}

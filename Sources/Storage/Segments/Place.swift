// Where something stands in the segments.

/// A place in the segments: before or behind a record.
struct Place: Hashable, Comparable, BitwiseCopyable, Sendable {
  var segment: UInt32
  var offset: UInt64

  /// Where the first record begins.
  static let start = Place(segment: 1, offset: SegmentHeader.size)

  static func < (a: Place, b: Place) -> Bool { (a.segment, a.offset) < (b.segment, b.offset) }

  func advanced(by count: UInt64) -> Place { Place(segment: segment, offset: offset + count) }
}

/// A record of a block: where it begins, how many bytes it has, and of which block it is.
struct RecordPlace: Hashable, BitwiseCopyable, Sendable {
  var place: Place
  var length: UInt64
  var block: BlockIdentity

  var end: Place { place.advanced(by: length) }
}

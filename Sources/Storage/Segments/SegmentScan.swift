// Reading the segments from a place to their end, as after a crash.

internal import Primitives

/// Goes from record to record, checks each whole, and tells where the log ends. What was cut off in the
/// middle is the end; what is damaged before the end is an error.
struct SegmentScan: ~Copyable {
  let folder: SegmentFolder
  /// Where the next record would begin.
  private(set) var place: Place
  /// Known to be on disk.
  private let synced: Place?
  private let segments: Set<UInt32>

  init(_ folder: SegmentFolder, from place: Place, synced: Place?) {
    self.folder = folder
    self.place = place
    self.synced = synced
    segments = Set(folder.segments())
  }

  /// The next record that is whole; nil at the end of the log, which `place` is then.
  mutating func next() throws(StoreError) -> (header: RecordHeader, place: Place)? {
    while true {
      let size = try folder.file(place.segment).end()
      // Only one that was in the making when the process ended is shorter than its first bytes.
      if place.offset > max(size, SegmentHeader.size) {
        throw folder.damage(
          at: place, nil, "the file has \(size) bytes only, and records were written up to here")
      }
      if place.offset >= size && segments.contains(place.segment + 1) {
        place = Place(segment: place.segment + 1, offset: SegmentHeader.size)
        continue
      }
      if place.offset < size, let header = try wholeHeader(at: place) {
        let found = place
        place.offset += header.length
        return (header, found)
      }
      try checkEnd()
      return nil
    }
  }

  private func wholeHeader(at place: Place) throws(StoreError) -> RecordHeader? {
    guard let header = try folder.header(at: place),
      try damagedSection(of: header, at: place) == nil
    else { return nil }
    let size = try folder.file(place.segment).end()
    return place.offset + header.length <= size ? header : nil
  }

  private func damagedSection(
    of header: RecordHeader, at place: Place
  ) throws(StoreError) -> RecordSection? {
    for section in RecordSection.allCases where section != .changes || !header.isPruned {
      if try folder.read(section, of: header, at: place) == nil { return section }
    }
    return nil
  }

  /// Throws where the log cannot end here, because it was known to be longer.
  private func checkEnd() throws(StoreError) {
    if let synced, place < synced {
      throw try damage(
        "records were written and synced up to byte \(synced.offset) of segment \(synced.segment)")
    }
    var places = [place.advanced(by: UInt64(RecordHeader.alignment))]
    for segment in segments.sorted() where segment > place.segment {
      places.append(Place(segment: segment, offset: SegmentHeader.size))
    }
    for search in places {
      if let (header, later) = try laterRecord(in: search), header.followsSynced {
        throw try damage(
          "one of block \(header.block.number) follows in segment \(later.segment) at byte "
            + "\(later.offset)")
      }
    }
  }

  /// The first record in a segment, from a place on, that looks whole.
  private func laterRecord(
    in start: Place
  ) throws(StoreError) -> (header: RecordHeader, place: Place)? {
    let file = try folder.file(start.segment).file
    let size = try file.size()
    let chunk = UnsafeMutableRawBufferPointer.allocate(byteCount: 1 << 20, alignment: 64)
    defer { chunk.deallocate() }
    var offset = start.offset
    while offset < size {
      let count = try file.read(into: chunk, at: offset)
      for position in stride(from: 0, to: count, by: RecordHeader.alignment)
      where RecordHeader.mayBegin(chunk, at: position) {
        let place = Place(segment: start.segment, offset: offset + UInt64(position))
        if let header = try wholeHeader(at: place) { return (header, place) }
      }
      if count < chunk.count { break }
      offset += UInt64(count)
    }
    return nil
  }

  /// The log cannot end here, for this `reason`.
  private func damage(_ reason: String) throws(StoreError) -> StoreError {
    guard let header = try folder.header(at: place) else {
      let what = try folder.shortness(at: place) ?? "there is no whole record here"
      return folder.damage(at: place, nil, "\(what), but \(reason)")
    }
    let section = try damagedSection(of: header, at: place)
    let what =
      try folder.shortness(at: place, length: header.length) ?? section?.damage
      ?? "its record is not what was written"
    return folder.damage(at: place, header.block.number, "\(what), but \(reason)")
  }
}

// The root of a long list, its leaves hashed many at a time on several threads.

import Crypto
public import Primitives

extension OrderedTrieRoot {
  /// How many leaves are hashed at a time.
  private static let batchSize = 128

  /// The root over `count` items, each of which `write` encodes, none of them as nothing; `run` shares the work. Most of it is
  /// the hashing of leaves, which do not depend on each other.
  public static func of(
    _ count: Int, run: ConcurrentRun,
    write: @escaping (_ index: Int, _ encoder: inout RLPEncoder) -> Void
  ) -> Hash256 {
    withUnsafeTemporaryAllocation(of: NodeReference.self, capacity: count) { leaves in
      leaves.initialize(repeating: .unknown)
      run((count + batchSize - 1) / batchSize) { job, _ in
        let start = job * batchSize
        makeLeaves(start..<min(start + batchSize, count), of: leaves, write: write)
      }
      var builder = TrieRootBuilder()
      for position in 0..<count {
        withKey(position, of: count) { builder.append(key: $0, leaf: leaves[position]) }
      }
      return builder.finish()
    }
  }

  /// Encodes the leaves at some positions, in order of their keys, and hashes them together.
  private static func makeLeaves(
    _ positions: Range<Int>, of leaves: UnsafeMutableBufferPointer<NodeReference>,
    write: (_ index: Int, _ encoder: inout RLPEncoder) -> Void
  ) {
    var item = RLPEncoder()
    var writer = NodeWriter()
    var encodings: [UInt8] = []
    var ends: [Int] = []
    for position in positions {
      item.removeAll()
      write(index(at: position, of: leaves.count), &item)
      let start = writer.begin()
      withKey(position, of: leaves.count) { key in
        let path = leafStart(position, key, of: leaves.count)..<key.count * 2
        writer.appendPath(path, of: key.assumingMemoryBound(to: UInt8.self), isLeaf: true)
      }
      item.bytes.withUnsafeBytes { writer.append($0) }
      encodings.append(contentsOf: writer.finishList(start))
      ends.append(encodings.count)
    }
    encodings.withUnsafeBytes { bytes in
      var begin = 0
      let nodes = ends.map { end in
        defer { begin = end }
        return UnsafeRawBufferPointer(rebasing: bytes[begin..<end])
      }
      hash(nodes, into: UnsafeMutableBufferPointer(rebasing: leaves[positions]))
    }
  }

  private static func hash(
    _ nodes: [UnsafeRawBufferPointer], into leaves: UnsafeMutableBufferPointer<NodeReference>
  ) {
    withUnsafeTemporaryAllocation(of: Hash256.self, capacity: nodes.count) { hashes in
      hashes.initialize(repeating: .zero)
      nodes.withUnsafeBufferPointer { Keccak256.hash($0, into: hashes) }
      for (index, node) in nodes.enumerated() {
        leaves[index] =
          node.count < 32
          ? NodeReference(toNode: node) : NodeReference(word: hashes[index].word, count: 32)
      }
    }
  }

  // MARK: - Keys

  /// The index whose key is the one at `position` in the order of keys: as bytes, the RLP of 0 (0x80)
  /// comes after that of 127 (0x7f) and before that of 128 (0x8180).
  private static func index(at position: Int, of count: Int) -> Int {
    let placeOfZero = min(127, count - 1)
    return position < placeOfZero ? position + 1 : position == placeOfZero ? 0 : position
  }

  private static func withKey<Result>(
    _ position: Int, of count: Int, _ body: (UnsafeRawBufferPointer) -> Result
  ) -> Result {
    let index = UInt64(index(at: position, of: count))
    return withUnsafeTemporaryAllocation(byteCount: 9, alignment: 8) { buffer in
      buffer.storeBytes(of: index.bigEndian, toByteOffset: 1, as: UInt64.self)
      if index > 0 && index < 128 {
        return body(UnsafeRawBufferPointer(rebasing: buffer[8...]))
      }
      let length = 8 - index.leadingZeroBitCount / 8
      buffer[8 - length] = 0x80 + UInt8(length)
      return body(UnsafeRawBufferPointer(rebasing: buffer[(8 - length)...]))
    }
  }

  private static func leafStart(
    _ position: Int, _ key: UnsafeRawBufferPointer, of count: Int
  ) -> Int {
    func common(with other: Int) -> Int {
      guard other >= 0 && other < count else { return -1 }
      return withKey(other, of: count) { TrieRootBuilder.commonNibbles(of: key, with: $0) }
    }
    return max(common(with: position - 1), common(with: position + 1)) + 1
  }
}

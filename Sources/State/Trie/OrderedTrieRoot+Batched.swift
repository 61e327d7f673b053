// The root of a long list, its leaves hashed many at a time on several threads.

import Crypto
public import Primitives

extension OrderedTrieRoot {
  /// How many leaves are hashed at a time. Of the second batch and later ones, each sixteen leaves
  /// whose indices differ in the last half byte have a branch of their own, which belongs to the batch.
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
      var position = 0
      while position < count {
        let isBranch = hasOwnBranch(position, of: count)
        withKey(position, of: count) { key in
          if isBranch {
            builder.append(key: key, branch: leaves[position], at: 2 * key.count - 1)
          } else {
            builder.append(key: key, leaf: leaves[position])
          }
        }
        position += isBranch ? 16 : 1
      }
      return builder.finish()
    }
  }

  /// Whether the leaves at this position and the 15 behind it have a branch of their own.
  private static func hasOwnBranch(_ position: Int, of count: Int) -> Bool {
    position >= batchSize && position.isMultiple(of: 16) && position + 16 <= count
  }

  /// Encodes the leaves at some positions, in order of their keys, and hashes them together, and then
  /// the branches of sixteen of them, whose references take the places of their first leaves.
  private static func makeLeaves(
    _ positions: Range<Int>, of leaves: UnsafeMutableBufferPointer<NodeReference>,
    write: (_ index: Int, _ encoder: inout RLPEncoder) -> Void
  ) {
    var item = RLPEncoder(reservingCapacity: 1024)
    var writer = NodeWriter()
    var batch = KeccakBatch()
    withUnsafeTemporaryAllocation(of: Hash256.self, capacity: positions.count) { hashes in
      hashes.initialize(repeating: .zero)
      let places = hashes.baseAddress.unsafelyUnwrapped - positions.lowerBound
      for position in positions {
        item.removeAll()
        write(index(at: position, of: leaves.count), &item)
        let start = writer.begin()
        withKey(position, of: leaves.count) { key in
          let path = leafStart(position, key, of: leaves.count)..<key.count * 2
          writer.appendPath(path, of: key.assumingMemoryBound(to: UInt8.self), isLeaf: true)
        }
        item.bytes.withUnsafeBytes { writer.append($0) }
        let node = writer.finishList(start)
        if node.count < 32 {
          leaves[position] = NodeReference(toNode: node)
        } else {
          batch.append(copyOf: node, to: places + position)
        }
      }
      batch.flush()
      takeHashes(places, of: positions, into: leaves)
      for position in positions where hasOwnBranch(position, of: leaves.count) {
        let start = writer.begin()
        for choice in 0..<16 { writer.append(leaves[position + choice]) }
        writer.appendEmpty()
        // With sixteen children it is too long not to be hashed.
        batch.append(copyOf: writer.finishList(start), to: places + position)
        leaves[position] = .unknown
      }
      batch.flush()
      takeHashes(places, of: positions, into: leaves)
    }
  }

  /// Puts hashes where references are not known.
  private static func takeHashes(
    _ hashes: UnsafePointer<Hash256>, of positions: Range<Int>,
    into references: UnsafeMutableBufferPointer<NodeReference>
  ) {
    for position in positions where !references[position].isKnown {
      references[position] = NodeReference(
        word: Hash256(bytesAt: hashes + position).word, count: 32)
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

// The RLP of nodes, written where it will be hashed.

internal import Crypto
internal import Ledger
internal import Primitives

/// Writes the encodings of trie nodes (Yellow Paper, appendix D) forwards into memory that has room for
/// any node and for whole words behind it.
enum NodeEncoder {
  /// The encoding of an extension or a leaf is a list of a path and a payload.
  @inline(__always)
  private static func beginList(
    _ memory: UnsafeMutableRawPointer, payload count: Int
  ) -> UnsafeMutableRawPointer {
    var end = memory
    if count > 55 {
      if count > 255 {
        end.put(0xf9)
        end.put(UInt8(truncatingIfNeeded: count &>> 8))
      } else {
        end.put(0xf8)
      }
      end.put(UInt8(truncatingIfNeeded: count))
    } else {
      end.put(UInt8(truncatingIfNeeded: 0xc0 &+ count))
    }
    return end
  }

  /// The leaf's encoding, when its path begins at half byte `start`; answers its length.
  static func encode(
    _ leaf: LeafNode, start: Int, isAccount: Bool, at memory: UnsafeMutableRawPointer
  ) -> Int {
    // Whole bytes of the path, after the one with the flags.
    let pathCount = 32 &- (start &+ 1) &>> 1
    let pathSize = pathCount == 0 ? 1 : pathCount &+ 2
    if isAccount {
      let record = AccountLayout(leaf)
      let size = record.encodedSize
      // A string of more than 55 bytes, which is a list of more than 55.
      var end = beginList(memory, payload: pathSize &+ 4 &+ size)
      end.putLeafPath(leaf.key.pointee, start: start)
      end.put(0xb8)
      end.put(UInt8(truncatingIfNeeded: size &+ 2))
      end.put(0xf8)
      end.put(UInt8(truncatingIfNeeded: size))
      record.encode(at: &end)
      return end - memory
    }
    let value = leaf.valueBytes
    let count = leaf.valueCount
    let first = value.load(as: UInt8.self)
    let isByte = count == 1 && first < 0x80
    var end = beginList(memory, payload: pathSize &+ (isByte ? 1 : count &+ 2))
    // One byte is its own encoding, and that again is one byte or a string of two.
    end.putLeafPath(leaf.key.pointee, start: start)
    if !isByte {
      end.put(UInt8(truncatingIfNeeded: 0x81 &+ count))
      end.put(UInt8(truncatingIfNeeded: 0x80 &+ count))
    }
    end.put(value, count: count)
    return end - memory
  }

  /// The branch's encoding without its extension; answers its length.
  static func encode(_ branch: BranchNode, at memory: UnsafeMutableRawPointer) -> Int {
    let (present, embedded) = (branch.present, branch.embedded)
    let hashed = (present & ~embedded).nonzeroBitCount
    var size = 33 &* hashed &+ (16 &- present.nonzeroBitCount) &+ 1
    for choice in ChoiceSequence(bits: embedded) { size &+= embeddedSize(branch.hash(choice)) }
    var end = beginList(memory, payload: size)
    // With room for all, a child that is not there has a place, too.
    var hash = UnsafeRawPointer(branch.hash(0))
    let gap = branch.capacity == 16 ? BranchNode.hashSize : 0
    for choice in 0..<16 {
      let bit = BranchNode.bit(choice)
      if present & bit == 0 {
        end.put(0x80)
        hash += gap
        continue
      }
      if embedded & bit == 0 { end.putHash(hash) } else { end.putEmbedded(hash) }
      hash += BranchNode.hashSize
    }
    end.put(0x80)
    return end - memory
  }

  /// The encoding of the extension above a branch whose own is known; answers its length.
  static func encodeExtension(_ branch: BranchNode, at memory: UnsafeMutableRawPointer) -> Int {
    let (start, end, prefix) = (branch.start, branch.end, branch.prefix)
    let isEmbedded = branch.marks.contains(.innerEmbedded)
    let pathCount = (end - start) / 2
    let pathSize = pathCount == 0 ? 1 : pathCount + 2
    var place = beginList(
      memory, payload: pathSize + (isEmbedded ? embeddedSize(branch.innerHash) : 33))
    if pathCount > 0 { place.put(UInt8(0x81 + pathCount)) }
    var nibble = start
    if (end - start) % 2 == 1 {
      place.put(UInt8(0x10 | prefix.nibble(nibble)))
      nibble += 1
    } else {
      place.put(0)
    }
    while nibble < end {
      place.put(UInt8(prefix.nibble(nibble) << 4 | prefix.nibble(nibble + 1)))
      nibble += 2
    }
    if isEmbedded {
      place.putEmbedded(branch.innerHash)
    } else {
      place.putHash(branch.innerHash)
    }
    return place - memory
  }

  /// The length of an encoding that stands in the place of a hash.
  @inline(__always)
  static func embeddedSize(_ encoding: UnsafeRawPointer) -> Int {
    Int(encoding.load(as: UInt8.self)) &- 0xc0 &+ 1
  }
}

/// The parts of an account's record, found in its leaf.
private struct AccountLayout {
  let marks: UInt8
  let nonce: UnsafeRawPointer
  let nonceCount: Int
  let balanceCount: Int

  @inline(__always)
  init(_ leaf: LeafNode) {
    let value = UnsafeRawPointer(leaf.valueBytes)
    marks = value.load(as: UInt8.self)
    nonceCount = Int(marks & 15)
    balanceCount = Int(value.load(fromByteOffset: 1, as: UInt8.self))
    nonce = value + 2
  }

  /// The length of the list's payload.
  @inline(__always)
  var encodedSize: Int {
    numberSize(nonce, nonceCount) &+ numberSize(nonce + nonceCount, balanceCount) &+ 66
  }

  @inline(__always)
  private func numberSize(_ bytes: UnsafeRawPointer, _ count: Int) -> Int {
    count == 1 && bytes.load(as: UInt8.self) < 0x80 ? 1 : count &+ 1
  }

  /// Writes nonce, balance, storage root and code hash.
  @inline(__always)
  func encode(at end: inout UnsafeMutableRawPointer) {
    end.putNumber(nonce, count: nonceCount)
    let balance = nonce + nonceCount
    end.putNumber(balance, count: balanceCount)
    var hashes = balance + balanceCount
    let codeHash = hashes
    let hasCode = marks & AccountRecord.codeMark != 0
    if hasCode { hashes += 32 }
    if marks & AccountRecord.storageMark != 0 {
      end.putHash(hashes)
    } else {
      end.putHash(Header.emptyTrieRoot)
    }
    if hasCode {
      end.putHash(codeHash)
    } else {
      end.putHash(Code.emptyHash)
    }
  }
}

extension UnsafeMutableRawPointer {
  @inline(__always)
  fileprivate mutating func put(_ byte: UInt8) {
    storeBytes(of: byte, as: UInt8.self)
    self += 1
  }

  @inline(__always)
  fileprivate mutating func put(_ bytes: UnsafeRawPointer, count: Int) {
    copyMemory(from: bytes, byteCount: count)
    self += count
  }

  /// A string of 32 bytes.
  @inline(__always)
  fileprivate mutating func putHash(_ bytes: UnsafeRawPointer) {
    put(0xa0)
    put(bytes, count: 32)
  }

  @inline(__always)
  fileprivate mutating func putHash(_ hash: Hash256) {
    put(0xa0)
    hash.store(at: self)
    self += 32
  }

  /// A node that is shorter than its hash.
  @inline(__always)
  fileprivate mutating func putEmbedded(_ encoding: UnsafeRawPointer) {
    put(encoding, count: NodeEncoder.embeddedSize(encoding))
  }

  /// A number without leading zeros.
  @inline(__always)
  fileprivate mutating func putNumber(_ bytes: UnsafeRawPointer, count: Int) {
    if count != 1 || bytes.load(as: UInt8.self) >= 0x80 {
      put(UInt8(truncatingIfNeeded: 0x80 &+ count))
    }
    put(bytes, count: count)
  }

  /// The half bytes of a key from `start` on, in hex-prefix encoding (Yellow Paper, appendix C) as a
  /// string. A key has an even number of them, so that its bytes need no shifting.
  @inline(__always)
  fileprivate mutating func putLeafPath(_ key: Hash256, start: Int) {
    let pathCount = 32 &- (start &+ 1) &>> 1
    if pathCount > 0 { put(UInt8(truncatingIfNeeded: 0x81 &+ pathCount)) }
    put(
      start & 1 == 0
        ? 0x20 : 0x30 | UInt8(truncatingIfNeeded: key.nibble(start)))
    // What comes before them is moved out.
    (key.word &<< (256 &- 8 &* pathCount)).storeBigEndian(at: self)
    self += pathCount
  }
}

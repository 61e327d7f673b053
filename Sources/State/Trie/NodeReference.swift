// How a parent node names its child.

internal import Crypto
internal import Primitives

/// What a node of the trie writes for a child: the child's Keccak-256, or the child's encoding
/// itself when that is shorter than 32 bytes (Yellow Paper, appendix D).
struct NodeReference: BitwiseCopyable, Hashable {
  /// The hash, or the encoding followed by zero bytes, as a big-endian number.
  var word: UInt256
  /// Zero while unknown, 32 for a hash, otherwise the length of the encoding.
  var count: UInt8

  /// Not computed yet, or out of date.
  static let unknown = NodeReference(word: .zero, count: 0)

  init(word: UInt256, count: UInt8) {
    self.word = word
    self.count = count
  }

  /// The reference to the node with this encoding.
  init(toNode encoding: UnsafeRawBufferPointer) {
    guard encoding.count < 32 else {
      self.init(word: Keccak256.hash(encoding).word, count: 32)
      return
    }
    var word = UInt256.zero
    withUnsafeMutableBytes(of: &word) { $0.copyMemory(from: encoding) }
    self.init(
      word: withUnsafeBytes(of: word) { UInt256(bigEndianAt: $0.baseAddress.unsafelyUnwrapped) },
      count: UInt8(encoding.count))
  }

  var isKnown: Bool { count != 0 }
  var isHash: Bool { count == 32 }

  /// The root of a trie whose topmost node this names: always a hash.
  var rootHash: Hash256 {
    guard !isHash else { return Hash256(word) }
    return Keccak256.hash(Array(word.bigEndianBytes.prefix(Int(count))))
  }
}

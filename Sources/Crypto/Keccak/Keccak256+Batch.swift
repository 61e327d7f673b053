// Keccak-256 of many messages.

internal import CKernels
public import Primitives

extension Keccak256 {
  /// Hashes many messages, several at once; `hashes` has as many places, in the same order.
  public static func hash(
    _ messages: UnsafeBufferPointer<UnsafeRawBufferPointer>,
    into hashes: UnsafeMutableBufferPointer<Hash256>, backend: KeccakBackend = .best
  ) {
    precondition(messages.count == hashes.count, "a place for each hash")
    guard let places = hashes.baseAddress else { return }
    var batch = KeccakBatch(backend: backend)
    for (index, message) in messages.enumerated() { batch.append(message, to: places + index) }
    batch.flush()
    for index in 0..<hashes.count { places[index] = Hash256(bytesAt: places + index) }
  }

  /// Hashes the 32 bytes of each word, as the keys of storage slots are made; `hashes` has as many
  /// places.
  public static func hash(
    _ words: UnsafeBufferPointer<UInt256>, into hashes: UnsafeMutableBufferPointer<Hash256>,
    backend: KeccakBackend = .best
  ) {
    precondition(words.count == hashes.count, "a place for each hash")
    hash(messagesOf: 32, into: hashes, backend) { index, block in
      words[index].storeBigEndian(at: block)
    }
  }

  /// Hashes the 20 bytes of each address, as the keys of accounts are made; `hashes` has as many places.
  public static func hash(
    _ addresses: UnsafeBufferPointer<Address>, into hashes: UnsafeMutableBufferPointer<Hash256>,
    backend: KeccakBackend = .best
  ) {
    precondition(addresses.count == hashes.count, "a place for each hash")
    hash(messagesOf: 20, into: hashes, backend) { index, block in
      addresses[index].store(at: block)
    }
  }

  /// Hashes messages of 64 bytes that stand one after the other, such as public keys; `hashes` has as
  /// many places.
  public static func hash(
    pairsOfWords bytes: UnsafeRawBufferPointer, into hashes: UnsafeMutableBufferPointer<Hash256>,
    backend: KeccakBackend = .best
  ) {
    precondition(bytes.count == 64 * hashes.count, "a place for each hash")
    guard let base = bytes.baseAddress else { return }
    hash(messagesOf: 64, into: hashes, backend) { index, block in
      block.copyMemory(from: base + 64 &* index, byteCount: 64)
    }
  }

  /// Hashes as many messages of `length` bytes, fewer than a block, as there are hashes; `write` writes
  /// one at the start of a block that is padded already.
  @inline(__always)
  private static func hash(
    messagesOf length: Int, into hashes: UnsafeMutableBufferPointer<Hash256>,
    _ backend: KeccakBackend, _ write: (_ index: Int, _ block: UnsafeMutableRawPointer) -> Void
  ) {
    guard let places = hashes.baseAddress else { return }
    let (lanes, kernel) = (backend.lanes, backend.kernel)
    // The blocks, and where the hashes of lanes without a message go.
    withUnsafeTemporaryAllocation(byteCount: lanes * rate + 32, alignment: 32) { memory in
      let blocks = memory.baseAddress.unsafelyUnwrapped
      blocks.initializeMemory(as: UInt8.self, repeating: 0, count: lanes * rate)
      let nowhere = (blocks + lanes * rate).assumingMemoryBound(to: UInt8.self)
      withUnsafeTemporaryAllocation(of: nt_keccak_message.self, capacity: lanes) { messages in
        for lane in 0..<lanes {
          let block = (blocks + lane * rate).assumingMemoryBound(to: UInt8.self)
          block[length] = 1
          block[rate - 1] = 0x80
          messages.initializeElement(
            at: lane, to: nt_keccak_message(blocks: block, last: block, hash: nowhere))
        }
        var first = 0
        while first < hashes.count {
          let count = min(lanes, hashes.count &- first)
          for lane in 0..<lanes {
            guard lane < count else {
              messages[lane].hash = nowhere
              continue
            }
            write(first &+ lane, blocks + lane &* rate)
            messages[lane].hash = UnsafeMutableRawPointer(places + (first &+ lane))
              .assumingMemoryBound(to: UInt8.self)
          }
          if count > 1, let kernel, let group = messages.baseAddress {
            kernel(group, 0)
          } else {
            KeccakPermutation.hash(messages[0], whole: 0)
          }
          for index in first..<first &+ count { places[index] = Hash256(bytesAt: places + index) }
          first &+= count
        }
      }
    }
  }
}

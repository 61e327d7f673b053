// The messages of a unix socket: JSON values, one behind another.

/// JSON values in a stream, as geth reads them: nothing need stand between them; what is sent ends with a
/// line break.
final class JSONStreamFraming: SocketFraming {
  private static let turnBytes = 64 << 10

  private let socket: CInt
  private let messageLimit: Int
  private var incoming: [UInt8] = []
  private var scan = JSONValueScan()
  private var outgoing: [UInt8] = []
  private var sent = 0
  private var hasFailed = false
  private var isClosing = false
  private(set) var hasEnded = false
  private(set) var receivedBytes = 0
  private(set) var sentBytes = 0

  init(_ socket: CInt, messageLimit: Int) {
    self.socket = socket
    self.messageLimit = messageLimit
  }

  var wantsReading: Bool { !hasFailed && !isClosing && !hasEnded }
  var wantsWriting: Bool { !hasFailed && sent < outgoing.count }
  var holdsBytes: Bool { false }
  var partialBytes: Int { incoming.count }
  var queuedBytes: Int { outgoing.count - sent }
  var isBroken: Bool { hasFailed }

  func receive(_ take: ([UInt8]) -> Void) {
    withUnsafeTemporaryAllocation(byteCount: Self.turnBytes, alignment: 1) { bytes in
      switch SocketBytes.read(socket, into: bytes) {
      case .wouldWait: return
      case .end:
        hasEnded = true
        incoming = []
      case .failed: hasFailed = true
      case .count(let count):
        receivedBytes += count
        split(UnsafeRawBufferPointer(rebasing: bytes[..<count]), take)
      }
    }
  }

  private func split(_ bytes: UnsafeRawBufferPointer, _ take: ([UInt8]) -> Void) {
    var start = 0
    for index in bytes.indices {
      switch scan.step(bytes[index]) {
      case .between: start = index + 1
      case .inside: continue
      case .last:
        take(incoming + bytes[start...index])
        incoming.removeAll(keepingCapacity: incoming.capacity < 1 << 16)
        start = index + 1
      }
    }
    incoming += bytes[start...]
    if incoming.count > messageLimit {
      incoming = []
      queue(
        "{\"jsonrpc\":\"2.0\",\"id\":null,\"error\":{\"code\":-32600,\"message\":\"message too large\"}}"
      )
      isClosing = true
    }
  }

  func queue(_ message: String) {
    if sent == outgoing.count {
      outgoing.removeAll(keepingCapacity: outgoing.capacity < 1 << 16)
      sent = 0
    }
    outgoing += message.utf8
    outgoing.append(UInt8(ascii: "\n"))
  }

  func send() {
    while wantsWriting {
      let outcome = outgoing.withUnsafeBytes { bytes in
        SocketBytes.write(socket, UnsafeRawBufferPointer(rebasing: bytes[sent...]))
      }
      switch outcome {
      case .wouldWait: return
      case .end, .failed: hasFailed = true
      case .count(let count):
        sent += count
        sentBytes += count
      }
    }
  }

  func ping() -> Bool { false }

  func close(_ reason: SocketEnd) { isClosing = true }
}

/// Where JSON values end, without looking at what they say: what is none is cut somewhere, and whoever parses
/// it says why it is none.
struct JSONValueScan {
  /// Where a byte stands.
  enum Place {
    case between
    case inside
    case last
  }

  private var depth = 0
  private var isInString = false
  private var isEscaped = false
  private var isInScalar = false

  mutating func step(_ byte: UInt8) -> Place {
    if isInString {
      if isEscaped {
        isEscaped = false
      } else if byte == UInt8(ascii: "\\") {
        isEscaped = true
      } else if byte == UInt8(ascii: "\"") {
        isInString = false
        return depth == 0 && !isInScalar ? .last : .inside
      }
      return .inside
    }
    switch byte {
    case UInt8(ascii: "\""): isInString = true
    case UInt8(ascii: "{"), UInt8(ascii: "["): depth += 1
    case UInt8(ascii: "}"), UInt8(ascii: "]"):
      depth -= 1
      if depth <= 0 {
        depth = 0
        isInScalar = false
        return .last
      }
    case UInt8(ascii: " "), UInt8(ascii: "\n"), UInt8(ascii: "\r"), UInt8(ascii: "\t"):
      if depth == 0 {
        defer { isInScalar = false }
        return isInScalar ? .last : .between
      }
    default: if depth == 0 { isInScalar = true }
    }
    return .inside
  }
}

// Standard output, with an eye on whether it takes what is written.

internal import Foundation
internal import Synchronization

#if canImport(Glibc)
  internal import Glibc
#elseif canImport(Darwin)
  internal import Darwin
#endif

/// Buffers what is printed and ends the process with status 2 when it cannot be written: silently
/// when the reader has gone, with the system's words otherwise.
enum StandardOutput {
  private static let buffer = Mutex<[UInt8]>([])
  private static let limit = 1 << 16

  /// Writes `text`, now or later.
  static func write(_ text: String) {
    buffer.withLock { bytes in
      bytes.append(contentsOf: text.utf8)
      if bytes.count >= limit { flush(&bytes) }
    }
  }

  /// Writes what is still held back.
  static func flush() { buffer.withLock { flush(&$0) } }

  /// Writes bytes past what is held back, and waits for whoever reads them; whether they could be written.
  static func deliver(_ bytes: [UInt8]) -> Bool { bytes.withUnsafeBytes { send($0) == 0 } }

  private static func flush(_ bytes: inout [UInt8]) {
    let problem = bytes.withUnsafeBytes { send($0) }
    if problem != 0 { fail(problem) }
    bytes.removeAll(keepingCapacity: true)
  }

  /// Writes bytes; the system's number of what went wrong, or zero.
  private static func send(_ bytes: UnsafeRawBufferPointer) -> Int32 {
    var rest = bytes[...]
    while let start = UnsafeRawBufferPointer(rebasing: rest).baseAddress, !rest.isEmpty {
      #if canImport(Glibc)
        let count = Glibc.write(STDOUT_FILENO, start, rest.count)
      #else
        let count = Darwin.write(STDOUT_FILENO, start, rest.count)
      #endif
      if count >= 0 {
        rest = rest.dropFirst(count)
      } else if errno == EAGAIN {
        // Whoever has the other end, too, may have it so that nothing waits.
        var place = pollfd(fd: STDOUT_FILENO, events: Int16(POLLOUT), revents: 0)
        poll(&place, 1, -1)
      } else if errno != EINTR {
        return errno
      }
    }
    return 0
  }

  private static func fail(_ number: Int32) -> Never {
    if number != EPIPE {
      complain("needletail: cannot write to standard output: \(String(cString: strerror(number)))")
    }
    _exit(Tool.badInput)
  }
}

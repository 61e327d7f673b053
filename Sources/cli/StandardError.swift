// Standard error, which may be closed: then nobody reads, and nothing is to be done.

#if canImport(Glibc)
  internal import Glibc
#elseif canImport(Darwin)
  internal import Darwin
#endif

/// Writes `text` to standard error as it is, now.
func writeToStandardError(_ text: String) {
  var text = text
  text.withUTF8 { bytes in
    var rest = UnsafeRawBufferPointer(bytes)[...]
    while let start = UnsafeRawBufferPointer(rebasing: rest).baseAddress, !rest.isEmpty {
      #if canImport(Glibc)
        let count = Glibc.write(STDERR_FILENO, start, rest.count)
      #else
        let count = Darwin.write(STDERR_FILENO, start, rest.count)
      #endif
      if count >= 0 {
        rest = rest.dropFirst(count)
      } else if errno != EINTR {
        return
      }
    }
  }
}

/// Writes a line to standard error.
func complain(_ text: String) { writeToStandardError(text + "\n") }

// Figures about the process.

#if canImport(Glibc)
  internal import Glibc
#elseif canImport(Darwin)
  internal import Darwin
#endif

/// Figures about the process, under the names that all programs give them.
enum ProcessMetrics {
  static func add(to metrics: Metrics) {
    let start = Double(time(nil))
    metrics.add("process_start_time_seconds", .gauge, "When the node started, since 1970.") {
      start
    }
    metrics.add("process_cpu_seconds_total", .counter, "Processor time that the node took.") {
      var time = timespec()
      guard clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time) == 0 else { return nil }
      return Double(time.tv_sec) + Double(time.tv_nsec) / 1e9
    }
    metrics.add("process_resident_memory_bytes", .gauge, "Memory that the node takes.") {
      residentBytes()
    }
  }

  /// Memory that the process takes; nil where the system does not tell in this way.
  static func residentBytes() -> Double? {
    let file = open("/proc/self/statm", O_RDONLY)
    guard file >= 0 else { return nil }
    defer { close(file) }
    var bytes = [UInt8](repeating: 0, count: 128)
    let count = read(file, &bytes, bytes.count)
    let words = String(decoding: bytes.prefix(max(0, count)), as: UTF8.self).split(separator: " ")
    guard words.count > 1, let pages = Double(words[1]) else { return nil }
    return pages * Double(sysconf(CInt(_SC_PAGESIZE)))
  }
}

// What this process has used so far.

#if canImport(Glibc)
  internal import Glibc
#elseif canImport(Darwin)
  internal import Darwin
#endif
internal import Foundation

/// What this process has used so far.
struct ProcessUsage {
  /// Nanoseconds of processor time.
  let processor: UInt64
  /// Bytes of memory at most.
  let peakMemory: UInt64
  /// Bytes that were written to disks, where the system tells.
  let bytesWritten: UInt64

  /// Time of all processors since the machine started, and how much of it its host gave to others, in
  /// units of the system; zero where it does not tell.
  private let machineTime: (all: UInt64, stolen: UInt64)

  /// The share of the machine's processor time that its host gave to others since then.
  func stolen(since earlier: ProcessUsage) -> Double {
    let all = machineTime.all &- earlier.machineTime.all
    return all == 0 ? 0 : Double(machineTime.stolen &- earlier.machineTime.stolen) / Double(all)
  }

  /// As of now.
  init() {
    var usage = rusage()
    #if canImport(Glibc)
      getrusage(__rusage_who_t(RUSAGE_SELF.rawValue), &usage)
      let unit: UInt64 = 1024
    #else
      getrusage(RUSAGE_SELF, &usage)
      let unit: UInt64 = 1
    #endif
    processor = Self.nanoseconds(usage.ru_utime) + Self.nanoseconds(usage.ru_stime)
    peakMemory = UInt64(max(0, usage.ru_maxrss)) * unit
    machineTime = Self.readMachineTime()
    let io = (try? String(contentsOfFile: "/proc/self/io", encoding: .utf8)) ?? ""
    bytesWritten =
      io.split(separator: "\n").first { $0.hasPrefix("write_bytes: ") }
      .flatMap { UInt64($0.dropFirst("write_bytes: ".count)) } ?? 0
  }

  /// The first line of /proc/stat: user, nice, system, idle, iowait, irq, softirq, steal.
  private static func readMachineTime() -> (all: UInt64, stolen: UInt64) {
    let text = (try? String(contentsOfFile: "/proc/stat", encoding: .utf8)) ?? ""
    let fields = text.prefix { $0 != "\n" }.split(separator: " ").dropFirst().prefix(8)
    let times = fields.compactMap { UInt64($0) }
    return times.count == 8 ? (times.reduce(0, &+), times[7]) : (0, 0)
  }

  private static func nanoseconds(_ time: timeval) -> UInt64 {
    UInt64(max(0, time.tv_sec)) * 1_000_000_000 + UInt64(max(0, Int(time.tv_usec))) * 1000
  }
}

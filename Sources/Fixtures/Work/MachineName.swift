// What this machine is called.

internal import Foundation

/// What this machine is called, for the head of a report.
public enum MachineName {
  /// Processor, cores and system in a line.
  public static var text: String {
    let cores = ProcessInfo.processInfo.activeProcessorCount
    let system = ProcessInfo.processInfo.operatingSystemVersionString
    return "\(processor), \(cores) \(cores == 1 ? "core" : "cores"), \(system)"
  }

  private static var processor: String {
    let lines = (try? String(contentsOfFile: "/proc/cpuinfo", encoding: .utf8)) ?? ""
    let name = lines.split(separator: "\n").first { $0.hasPrefix("model name") }
    return name?.split(separator: ":").last.map { $0.trimmingCharacters(in: .whitespaces) }
      ?? "unknown processor"
  }
}

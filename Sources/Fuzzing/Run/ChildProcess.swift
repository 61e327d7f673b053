// A process of our own making.

internal import Foundation

/// A child process.
struct ChildProcess {
  /// How a process ended.
  enum End: Equatable {
    /// By itself, with a status.
    case exit(Int32)
    /// By a signal.
    case signal(Int32)
  }

  /// The system's number for it.
  let identifier: pid_t

  /// Starts `executable` with `arguments`, and `environment` besides our own.
  init(
    _ executable: String, _ arguments: [String], environment: [String: String]
  ) throws(FuzzError) {
    let all = ProcessInfo.processInfo.environment.merging(environment) { _, new in new }
    var words = ([executable] + arguments).map { strdup($0) } + [nil]
    var variables = all.map { strdup("\($0.key)=\($0.value)") } + [nil]
    defer { for word in words + variables { free(word) } }
    var identifier: pid_t = 0
    let number = posix_spawn(&identifier, executable, nil, nil, &words, &variables)
    guard number == 0 else {
      throw FuzzError(message: "cannot start \(executable): \(String(cString: strerror(number)))")
    }
    self.identifier = identifier
  }

  /// How it ended; nil while it runs. To be asked until it answers, and not again.
  func end() -> End? {
    var status: Int32 = 0
    guard waitpid(identifier, &status, WNOHANG) == identifier else { return nil }
    let signal = status & 0x7f
    return signal == 0 ? .exit(status >> 8 & 0xff) : .signal(signal)
  }

  /// Ends it at once.
  func kill() { _ = Foundation.kill(identifier, SIGKILL) }
}

// A bar on the terminal while something long runs.

internal import Foundation

/// Draws a bar on standard error four times a second; nothing where that is no terminal.
final class ProgressBar: @unchecked Sendable {
  /// What to draw.
  struct State {
    /// How much is done.
    var done: Int
    /// Of how much; zero when that is not known.
    var of: Int
    /// What stands after the bar.
    var text: String
  }

  private let state: @Sendable () -> State
  private let finished = DispatchSemaphore(value: 0)
  private let erased = DispatchSemaphore(value: 0)
  /// Whether there is a terminal to draw it on.
  let isShown: Bool
  /// Held while something is written to the terminal.
  private let lock = NSLock()

  /// Starts to draw what `state` answers.
  init(_ state: @escaping @Sendable () -> State) {
    self.state = state
    // A dumb terminal cannot erase.
    isShown = isatty(STDERR_FILENO) == 1 && ProcessInfo.processInfo.environment["TERM"] != "dumb"
    guard isShown else { return }
    Thread.detachNewThread { [self] in
      while finished.wait(timeout: .now() + .milliseconds(250)) == .timedOut { draw() }
      writeToStandardError("\r\u{1b}[K")
      erased.signal()
    }
  }

  /// Erases the bar.
  func finish() {
    guard isShown else { return }
    finished.signal()
    erased.wait()
  }

  /// Calls `body`, which writes lines, with the bar erased; it comes back by itself.
  func withoutBar(_ body: () -> Void) {
    lock.withLock {
      if isShown { writeToStandardError("\r\u{1b}[K") }
      body()
    }
  }

  private func draw() {
    let state = state()
    let width = 30
    let fraction = state.of > 0 ? min(1, Double(state.done) / Double(state.of)) : 0
    let full = Int(fraction * Double(width))
    let bar = String(repeating: "█", count: full) + String(repeating: "░", count: width - full)
    let percent = String(format: "%3.0f %%", fraction * 100)
    lock.withLock { writeToStandardError("\r\(bar) \(percent)  \(state.text)\u{1b}[K") }
  }
}

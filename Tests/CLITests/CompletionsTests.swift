// What shells and man are told.

import Foundation
import Testing

@testable import cli

@Suite struct CompletionsTests {
  /// What a shell says about a text that it is to read without doing anything; nil where it is not there.
  private func complaints(_ shell: String, _ text: String) throws -> String? {
    let path = ["/bin/\(shell)", "/usr/bin/\(shell)"].first {
      FileManager.default.isExecutableFile(atPath: $0)
    }
    guard let path else { return nil }
    let file = NSTemporaryDirectory() + "needletail-completions-\(UUID().uuidString)"
    try Data(text.utf8).write(to: URL(fileURLWithPath: file))
    defer { try? FileManager.default.removeItem(atPath: file) }
    let process = Process()
    process.executableURL = URL(fileURLWithPath: path)
    process.arguments = ["-n", file]
    let pipe = Pipe()
    process.standardError = pipe
    try process.run()
    process.waitUntilExit()
    return String(decoding: pipe.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
  }

  @Test func everyShellCanReadWhatItIsTold() throws {
    let completions = Completions(commands: Command.all)
    for (shell, text) in [
      ("bash", completions.bash), ("zsh", completions.zsh), ("fish", completions.fish),
    ] {
      #expect(try complaints(shell, text) ?? "" == "", "\(shell)")
      for command in Command.all {
        #expect(text.contains(command.name.split(separator: " ")[0]))
        for option in command.options { #expect(text.contains(option.name.dropFirst(2))) }
      }
    }
  }

  @Test func theManualHasAllCommandsAndOptions() {
    let text = ManualPage(commands: Command.all).text
    for command in Command.all {
      #expect(text.contains(command.summary.replacing("-", with: "\\-")))
      for option in command.options {
        #expect(text.contains("\\fB\(option.name.replacing("-", with: "\\-"))\\fR"))
      }
    }
    #expect(text.contains("\n.PP\noptions of a development chain:\n.TP\n"))
    // Lines that begin with a dot are commands of troff.
    let known = [".TH", ".SH", ".SS", ".PP", ".TP", ".B", ".I", ".nf", ".fi"]
    for line in text.split(separator: "\n") where line.hasPrefix(".") {
      #expect(known.contains { line == $0 || line.hasPrefix($0 + " ") }, "\(line)")
    }
  }
}

// A command of the tool and its help text.

internal import Fixtures

/// One command: what it takes, what it says of itself, and what it does.
struct Command {
  /// Its name: one or two words.
  let name: String
  /// What stands after the options, such as `PATH...`.
  let operands: String
  /// One line.
  let summary: String
  /// More lines, for its own help.
  let details: String
  /// The options it knows.
  let options: [Option]
  /// Command lines to try.
  let examples: [String]
  /// Does it; answers the exit status.
  let run: (Arguments) throws(UsageError) -> Int32

  /// The command's help.
  var help: String {
    var text = "usage: needletail \(name) [options]\(operands.isEmpty ? "" : " ")\(operands)\n"
    text += "\n\(summary).\n"
    if !details.isEmpty { text += "\n\(details)\n" }
    let all = options + [Option.flag("--help", "show this text")]
    let width = all.map(\.usage.count).max() ?? 0
    var titles: [String] = []
    for option in all where !titles.contains(option.title) { titles.append(option.title) }
    for title in titles {
      text += "\n\(title):\n"
      for option in all where option.title == title {
        let gap = String(repeating: " ", count: width - option.usage.count)
        text += "  \(option.usage)\(gap)  \(option.help)\n"
      }
    }
    text += "\nexamples:\n"
    for example in examples { text += "  \(example)\n" }
    return text
  }
}

/// The tool: finds the command among the words and runs it.
struct Tool {
  /// The version, as `--version` prints it.
  static let version = "0.1.0"

  /// How many characters of a complaint are shown.
  private static let shownComplaint = 1000

  /// Exit status for arguments or input that cannot be used.
  static let badInput: Int32 = 2

  /// The commands it has.
  let commands: [Command]
  /// Where text goes.
  let out: (String) -> Void
  /// Where complaints go.
  let complain: (String) -> Void

  /// Runs the command that `words` ask for; answers the exit status.
  func run(_ words: [String]) -> Int32 {
    do throws(UsageError) {
      return try dispatch(words)
    } catch {
      // It may quote an argument or a file.
      complain("needletail: \(error.message.printable(upTo: Self.shownComplaint))")
      return Self.badInput
    }
  }

  private func dispatch(_ words: [String]) throws(UsageError) -> Int32 {
    guard let first = words.first else {
      complain(help)
      return Self.badInput
    }
    if first == "--version" {
      out("needletail \(Self.version)")
      return 0
    }
    if first == "--help" || first == "-h" || first == "help" {
      out(try helpText(for: Array(words.dropFirst())))
      return 0
    }
    if let help = help(ofGroup: words) {
      if words.count > 1 { out(help) } else { complain(help) }
      return words.count > 1 ? 0 : Self.badInput
    }
    let (command, rest) = try find(words)
    if rest.prefix(while: { $0 != "--" }).contains(where: { $0 == "--help" || $0 == "-h" }) {
      out(command.help)
      return 0
    }
    let arguments = try Arguments(
      rest, options: command.options, command: "needletail \(command.name)")
    return try command.run(arguments)
  }

  /// The command whose name the words begin with, and the words after it. A flag in a name may stand
  /// anywhere behind the first word.
  private func find(_ words: [String]) throws(UsageError) -> (Command, [String]) {
    if let first = words.first, first.hasPrefix("-") {
      throw Arguments.unknown(
        "option \(first) before a command", first, among: ["--version", "--help"],
        of: "needletail")
    }
    for command in commands {
      let name = command.name.split(separator: " ").map(String.init)
      if words.starts(with: name) { return (command, Array(words.dropFirst(name.count))) }
      if name.count == 2, name[1].hasPrefix("--"), words.first == name[0],
        let flag = words.prefix(while: { $0 != "--" }).firstIndex(of: name[1])
      {
        return (command, Array(words[1..<flag] + words[(flag + 1)...]))
      }
    }
    let known = commands.map(\.name)
    let words = words.prefix { !$0.hasPrefix("-") }
    let isGroup = known.contains { $0.hasPrefix("\(words.first ?? "") ") }
    let typed = words.prefix(isGroup ? 2 : 1).joined(separator: " ")
    throw Arguments.unknown("command \"\(typed)\"", typed, among: known, of: "needletail")
  }

  /// The help of the commands whose first word stands alone, or before `--help`.
  private func help(ofGroup words: [String]) -> String? {
    guard let group = words.first, words.count == 1 || ["--help", "-h"].contains(words[1]) else {
      return nil
    }
    // A command of one word speaks for itself.
    if commands.contains(where: { $0.name == group }) { return nil }
    let members = commands.filter { $0.name.hasPrefix("\(group) ") }
    if members.count < 2 { return members.first?.help }
    let width = members.map(\.name.count).max() ?? 0
    let rows = members.map { member in
      let gap = String(repeating: " ", count: width - member.name.count)
      return "  \(member.name)\(gap)  \(member.summary)\n"
    }
    return "usage: needletail \(group) COMMAND [options] ...\n\ncommands:\n" + rows.joined()
  }

  private func helpText(for words: [String]) throws(UsageError) -> String {
    if words.isEmpty { return help }
    if let help = help(ofGroup: words) { return help }
    return try find(words).0.help
  }

  /// The tool's help.
  var help: String {
    let width = commands.map(\.name.count).max() ?? 0
    var text = "needletail \(Self.version): an execution engine for Ethereum\n\n"
    text += "usage: needletail COMMAND [options] ...\n\ncommands:\n"
    for command in commands {
      let gap = String(repeating: " ", count: width - command.name.count)
      text += "  \(command.name)\(gap)  \(command.summary)\n"
    }
    text += "\n  --version, --help; needletail COMMAND --help explains a command\n\nexamples:\n"
    for command in commands {
      if let example = command.examples.first { text += "  \(example)\n" }
    }
    return text
  }
}

// needletail man: the manual page.

extension Command {
  /// `man`
  static var manual: Command {
    Command(
      name: "man", operands: "",
      summary: "Print the manual page",
      details: "It is in the language of man pages: needletail man | man -l -",
      options: [],
      examples: ["needletail man | man -l -"],
      run: { (arguments) throws(UsageError) in
        guard arguments.operands.isEmpty else { throw UsageError(message: "man takes nothing") }
        StandardOutput.write(ManualPage(commands: Command.all).text)
        return 0
      })
  }
}

/// A manual page of all commands.
struct ManualPage {
  let commands: [Command]

  /// The page in the language of troff.
  var text: String {
    var text = """
      .TH NEEDLETAIL 1 "" "needletail \(Tool.version)" "User Commands"
      .SH NAME
      needletail \\- an execution engine for Ethereum
      .SH SYNOPSIS
      .B needletail
      .I COMMAND
      [\\fIOPTIONS\\fR] ...
      .SH COMMANDS

      """
    for command in commands {
      text +=
        ".SS \(Self.escaped(command.name + (command.operands.isEmpty ? "" : " " + command.operands)))\n"
      text += "\(Self.line(command.summary + "."))\n"
      if !command.details.isEmpty { text += ".PP\n\(Self.paragraph(command.details))\n" }
      var title = command.options.first?.title
      for option in command.options {
        if option.title != title { text += ".PP\n\(Self.line(option.title + ":"))\n" }
        title = option.title
        let value = option.value.map { " \\fI\(Self.escaped($0))\\fR" } ?? ""
        text += ".TP\n\\fB\(Self.escaped(option.name))\\fR\(value)\n\(Self.line(option.help))\n"
      }
      text += ".PP\nExamples:\n.nf\n"
      for example in command.examples { text += "    \(Self.escaped(example))\n" }
      text += ".fi\n"
    }
    return text + ".SH EXIT STATUS\n0 where all went well, 1 where what was looked at is not as it "
      + "should be, 2 where something could not be done.\n"
  }

  private static func paragraph(_ text: String) -> String {
    text.split(separator: "\n", omittingEmptySubsequences: false).map { line in
      line.isEmpty ? ".PP" : Self.line(String(line.drop { $0 == " " }))
    }.joined(separator: "\n")
  }

  /// A line that begins with no command of troff.
  private static func line(_ text: String) -> String {
    let escaped = escaped(text)
    return escaped.hasPrefix(".") || escaped.hasPrefix("'") ? "\\&" + escaped : escaped
  }

  private static func escaped(_ text: String) -> String {
    text.replacing("\\", with: "\\e").replacing("-", with: "\\-")
  }
}

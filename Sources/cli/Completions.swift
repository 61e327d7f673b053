// Completions for shells, by what commands say of themselves.

/// What shells are told about the commands.
struct Completions {
  let commands: [Command]

  /// First words, and second words of commands that have two.
  private var firstWords: [String] {
    var words: [String] = []
    for command in commands {
      let word = Self.words(of: command)[0]
      if !words.contains(word) { words.append(word) }
    }
    return words
  }

  private static func words(of command: Command) -> [String] {
    command.name.split(separator: " ").map(String.init)
  }

  /// The second words of commands that begin with `first`.
  private func secondWords(behind first: String) -> [String] {
    commands.map(Self.words).filter { $0.count == 2 && $0[0] == first }.map { $0[1] }
  }

  private static func optionNames(of command: Command) -> [String] {
    command.options.map(\.name) + ["--help"]
  }

  /// For bash.
  var bash: String {
    var cases = ""
    // Commands of two words before those of one, which begin alike.
    for command in commands.sorted(by: { Self.words(of: $0).count > Self.words(of: $1).count }) {
      let names = Self.optionNames(of: command).joined(separator: " ")
      cases += "    \"\(command.name) \"*) words=\"\(names)\" ;;\n"
    }
    for first in firstWords where !secondWords(behind: first).isEmpty {
      let seconds = secondWords(behind: first).joined(separator: " ")
      if commands.contains(where: { $0.name == first }) { continue }
      cases += "    \"\(first) \"*) words=\"\(seconds) --help\" ;;\n"
    }
    return """
      # bash completion for needletail
      _needletail() {
        local words word=${COMP_WORDS[COMP_CWORD]}
        local line="${COMP_WORDS[*]:1:COMP_CWORD-1} "
        case "$line" in
      \(cases)    *) words="\(firstWords.joined(separator: " ")) --help --version" ;;
        esac
        COMPREPLY=($(compgen -W "$words" -- "$word"))
      }
      complete -o default -F _needletail needletail

      """
  }

  /// For zsh.
  var zsh: String {
    var cases = ""
    for command in commands.sorted(by: { Self.words(of: $0).count > Self.words(of: $1).count }) {
      let specs = command.options.map { option in
        let value = option.value.map { ":\(Self.plain($0)):_files" } ?? ""
        return
          "'\(option.isRepeatable ? "*" : "")\(option.name)[\(Self.plain(option.help))]\(value)'"
      }
      let all = (specs + ["'--help[show the help]'", "'*:file:_files'"])
        .joined(separator: " \\\n        ")
      cases += "    \"\(command.name) \"*)\n      _arguments \\\n        \(all)\n      ;;\n"
    }
    for first in firstWords where !commands.contains(where: { $0.name == first }) {
      cases +=
        "    \"\(first) \"*) compadd \(secondWords(behind: first).joined(separator: " ")) ;;\n"
    }
    return """
      #compdef needletail
      _needletail() {
        local line="${words[2,CURRENT-1]} "
        case "$line" in
      \(cases)    *) compadd -- \(firstWords.joined(separator: " ")) --help --version ;;
        esac
      }
      _needletail "$@"

      """
  }

  /// For fish.
  var fish: String {
    var text = "# fish completion for needletail\n"
    for first in firstWords {
      let summary = commands.first { $0.name == first }?.summary ?? "commands about \(first)"
      text +=
        "complete -c needletail -n __fish_use_subcommand -f -a \(first) -d '\(Self.plain(summary))'\n"
    }
    for command in commands {
      let words = Self.words(of: command)
      var condition = "__fish_seen_subcommand_from \(words[0])"
      if words.count == 2, !words[1].hasPrefix("-") {
        text +=
          "complete -c needletail -n '\(condition)' -f -a \(words[1]) -d '\(Self.plain(command.summary))'\n"
        condition += "; and __fish_seen_subcommand_from \(words[1])"
      }
      for option in command.options {
        text += "complete -c needletail -n '\(condition)' -l \(option.name.dropFirst(2))"
        text += "\(option.value == nil ? "" : " -r") -d '\(Self.plain(option.help))'\n"
      }
    }
    return text
  }

  /// Text without what quotes, brackets and colons mean to shells.
  private static func plain(_ text: String) -> String {
    String(
      text.map { character in
        switch character {
        case "'", "\"", "`": " "
        case "[": "("
        case "]": ")"
        case ":", "\\", "\n", "$": " "
        default: character
        }
      })
  }
}

// needletail completions: what a shell offers when the tab key is pressed.

extension Command {
  /// `completions`
  static var completions: Command {
    Command(
      name: "completions", operands: "bash|zsh|fish",
      summary: "Print what lets a shell complete commands and options",
      details: """
        bash: put it into ~/.local/share/bash-completion/completions/needletail
        zsh:  put it into a file _needletail in a folder of $fpath
        fish: put it into ~/.config/fish/completions/needletail.fish
        """,
      options: [],
      examples: ["needletail completions bash"],
      run: { (arguments) throws(UsageError) in
        let completions = Completions(commands: Command.all)
        switch arguments.operands {
        case ["bash"]: StandardOutput.write(completions.bash)
        case ["zsh"]: StandardOutput.write(completions.zsh)
        case ["fish"]: StandardOutput.write(completions.fish)
        default: throw UsageError(message: "completions takes one of bash, zsh and fish")
        }
        return 0
      })
  }
}

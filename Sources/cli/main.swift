// The executable: commands and nothing else.

internal import Foundation

let tool = Tool(
  commands: [.conform, .replay, .evmRun, .demo],
  out: { print($0, terminator: $0.hasSuffix("\n") ? "" : "\n") },
  complain: complain)

exit(tool.run(Array(CommandLine.arguments.dropFirst())))

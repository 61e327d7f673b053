// The executable: commands and nothing else.

internal import Foundation

let tool = Tool(
  commands: [.conform, .replay, .importChain, .evmRun, .demo],
  out: { StandardOutput.write($0.hasSuffix("\n") ? $0 : $0 + "\n") },
  complain: complain)

let status = tool.run(Array(CommandLine.arguments.dropFirst()))
StandardOutput.flush()
exit(status)

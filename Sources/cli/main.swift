// The executable: commands and nothing else.

internal import CAllocator
internal import CLastWords
internal import Foundation

nt_keep_freed_memory(256 << 20)
nt_tell_what_is_missing()
// A reader that has gone is found out by the failing write.
signal(SIGPIPE, SIG_IGN)
// And so is a file that would outgrow the limit of the shell.
signal(SIGXFSZ, SIG_IGN)

let tool = Tool(
  commands: Command.all,
  out: { StandardOutput.write($0.hasSuffix("\n") ? $0 : $0 + "\n") },
  complain: complain)

let status = tool.run(Array(CommandLine.arguments.dropFirst()))
StandardOutput.flush()
exit(status)

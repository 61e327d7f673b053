// The commands of the tool, in the order of its help.

extension Command {
  /// All of them.
  static var all: [Command] {
    [
      .node, .load, .conform, .replay, .importChain, .fetch, .evmRun, .benchPrecompiles,
      .benchRecovery,
      .benchBlocks, .benchFullPath, .benchRoot, .benchKeccak, .bench, .demo, .fuzz, .explore,
      .databaseStat, .databaseVerify, .databaseCompact, .databasePrune, .databaseExport,
      .databaseImport, .databaseCrash, .databaseCrashNode, .completions, .manual,
    ]
  }
}

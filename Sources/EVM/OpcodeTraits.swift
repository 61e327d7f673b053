// One row an opcode: name, stack effect, first fork, gas at its introduction.

public import Ledger

/// What is fixed about an opcode: its name, its stack effect, the fork that introduced it.
public struct OpcodeTraits: Sendable {
  /// The mnemonic in capitals.
  public let mnemonic: String
  /// How many words it takes from the stack.
  public let pops: Int
  /// How many words it leaves there.
  public let pushes: Int
  /// The first fork that knows it; nil for bytes that none does.
  public let introduced: Fork?
  /// Static gas in the fork that introduced it; later forks change some (see `GasSchedule`).
  let gas: Int64

  /// The traits of `opcode`.
  public static func of(_ opcode: Opcode) -> OpcodeTraits { all[Int(opcode.rawValue)] }

  static let all: [OpcodeTraits] = {
    var table = (0..<256).map { byte in
      let digits = String(byte, radix: 16)
      let name = "opcode 0x" + (byte < 16 ? "0" : "") + digits + " not defined"
      return OpcodeTraits(mnemonic: name, pops: 0, pushes: 0, introduced: nil, gas: 0)
    }
    for (opcode, traits) in rows { table[Int(opcode.rawValue)] = traits }
    return table
  }()

  /// How many words from the top each takes, copies or moves.
  nonisolated(unsafe) static let reach: UnsafePointer<UInt8> = {
    let table = UnsafeMutablePointer<UInt8>.allocate(capacity: 256)
    for (byte, traits) in all.enumerated() {
      (table + byte).initialize(to: UInt8(truncatingIfNeeded: traits.pops))
    }
    return UnsafePointer(table)
  }()

  private static func row(
    _ opcode: Opcode, _ mnemonic: String, _ pops: Int, _ pushes: Int, _ introduced: Fork?,
    _ gas: Int64
  ) -> (Opcode, OpcodeTraits) {
    (
      opcode,
      OpcodeTraits(
        mnemonic: mnemonic, pops: pops, pushes: pushes, introduced: introduced, gas: gas)
    )
  }

  private static let rows: [(Opcode, OpcodeTraits)] = [
    row(.stop, "STOP", 0, 0, .frontier, 0),
    row(.add, "ADD", 2, 1, .frontier, GasTier.veryLow),
    row(.mul, "MUL", 2, 1, .frontier, GasTier.low),
    row(.sub, "SUB", 2, 1, .frontier, GasTier.veryLow),
    row(.div, "DIV", 2, 1, .frontier, GasTier.low),
    row(.sdiv, "SDIV", 2, 1, .frontier, GasTier.low),
    row(.mod, "MOD", 2, 1, .frontier, GasTier.low),
    row(.smod, "SMOD", 2, 1, .frontier, GasTier.low),
    row(.addmod, "ADDMOD", 3, 1, .frontier, GasTier.mid),
    row(.mulmod, "MULMOD", 3, 1, .frontier, GasTier.mid),
    row(.exp, "EXP", 2, 1, .frontier, GasTier.high),
    row(.signextend, "SIGNEXTEND", 2, 1, .frontier, GasTier.low),
    row(.lt, "LT", 2, 1, .frontier, GasTier.veryLow),
    row(.gt, "GT", 2, 1, .frontier, GasTier.veryLow),
    row(.slt, "SLT", 2, 1, .frontier, GasTier.veryLow),
    row(.sgt, "SGT", 2, 1, .frontier, GasTier.veryLow),
    row(.eq, "EQ", 2, 1, .frontier, GasTier.veryLow),
    row(.iszero, "ISZERO", 1, 1, .frontier, GasTier.veryLow),
    row(.and, "AND", 2, 1, .frontier, GasTier.veryLow),
    row(.or, "OR", 2, 1, .frontier, GasTier.veryLow),
    row(.xor, "XOR", 2, 1, .frontier, GasTier.veryLow),
    row(.not, "NOT", 1, 1, .frontier, GasTier.veryLow),
    row(.byte, "BYTE", 2, 1, .frontier, GasTier.veryLow),
    row(.shl, "SHL", 2, 1, .constantinople, GasTier.veryLow),
    row(.shr, "SHR", 2, 1, .constantinople, GasTier.veryLow),
    row(.sar, "SAR", 2, 1, .constantinople, GasTier.veryLow),
    row(.clz, "CLZ", 1, 1, .osaka, GasTier.low),
    row(.keccak256, "KECCAK256", 2, 1, .frontier, GasTier.keccak256),
    row(.address, "ADDRESS", 0, 1, .frontier, GasTier.base),
    row(.balance, "BALANCE", 1, 1, .frontier, 20),
    row(.origin, "ORIGIN", 0, 1, .frontier, GasTier.base),
    row(.caller, "CALLER", 0, 1, .frontier, GasTier.base),
    row(.callvalue, "CALLVALUE", 0, 1, .frontier, GasTier.base),
    row(.calldataload, "CALLDATALOAD", 1, 1, .frontier, GasTier.veryLow),
    row(.calldatasize, "CALLDATASIZE", 0, 1, .frontier, GasTier.base),
    row(.calldatacopy, "CALLDATACOPY", 3, 0, .frontier, GasTier.veryLow),
    row(.codesize, "CODESIZE", 0, 1, .frontier, GasTier.base),
    row(.codecopy, "CODECOPY", 3, 0, .frontier, GasTier.veryLow),
    row(.gasprice, "GASPRICE", 0, 1, .frontier, GasTier.base),
    row(.extcodesize, "EXTCODESIZE", 1, 1, .frontier, 20),
    row(.extcodecopy, "EXTCODECOPY", 4, 0, .frontier, 20),
    row(.returndatasize, "RETURNDATASIZE", 0, 1, .byzantium, GasTier.base),
    row(.returndatacopy, "RETURNDATACOPY", 3, 0, .byzantium, GasTier.veryLow),
    row(.extcodehash, "EXTCODEHASH", 1, 1, .constantinople, 400),
    row(.blockhash, "BLOCKHASH", 1, 1, .frontier, GasTier.blockhash),
    row(.coinbase, "COINBASE", 0, 1, .frontier, GasTier.base),
    row(.timestamp, "TIMESTAMP", 0, 1, .frontier, GasTier.base),
    row(.number, "NUMBER", 0, 1, .frontier, GasTier.base),
    row(.prevrandao, "PREVRANDAO", 0, 1, .frontier, GasTier.base),
    row(.gaslimit, "GASLIMIT", 0, 1, .frontier, GasTier.base),
    row(.chainid, "CHAINID", 0, 1, .istanbul, GasTier.base),
    row(.selfbalance, "SELFBALANCE", 0, 1, .istanbul, GasTier.low),
    row(.basefee, "BASEFEE", 0, 1, .london, GasTier.base),
    row(.blobhash, "BLOBHASH", 1, 1, .cancun, GasTier.veryLow),
    row(.blobbasefee, "BLOBBASEFEE", 0, 1, .cancun, GasTier.base),
    row(.pop, "POP", 1, 0, .frontier, GasTier.base),
    row(.mload, "MLOAD", 1, 1, .frontier, GasTier.veryLow),
    row(.mstore, "MSTORE", 2, 0, .frontier, GasTier.veryLow),
    row(.mstore8, "MSTORE8", 2, 0, .frontier, GasTier.veryLow),
    row(.sload, "SLOAD", 1, 1, .frontier, 50),
    row(.sstore, "SSTORE", 2, 0, .frontier, 0),
    row(.jump, "JUMP", 1, 0, .frontier, GasTier.mid),
    row(.jumpi, "JUMPI", 2, 0, .frontier, GasTier.high),
    row(.pc, "PC", 0, 1, .frontier, GasTier.base),
    row(.msize, "MSIZE", 0, 1, .frontier, GasTier.base),
    row(.gas, "GAS", 0, 1, .frontier, GasTier.base),
    row(.jumpdest, "JUMPDEST", 0, 0, .frontier, GasTier.jumpdest),
    row(.tload, "TLOAD", 1, 1, .cancun, 100),
    row(.tstore, "TSTORE", 2, 0, .cancun, 100),
    row(.mcopy, "MCOPY", 3, 0, .cancun, GasTier.veryLow),
    row(.push0, "PUSH0", 0, 1, .shanghai, GasTier.base),
    row(.push1, "PUSH1", 0, 1, .frontier, GasTier.veryLow),
    row(.push2, "PUSH2", 0, 1, .frontier, GasTier.veryLow),
    row(.push3, "PUSH3", 0, 1, .frontier, GasTier.veryLow),
    row(.push4, "PUSH4", 0, 1, .frontier, GasTier.veryLow),
    row(.push5, "PUSH5", 0, 1, .frontier, GasTier.veryLow),
    row(.push6, "PUSH6", 0, 1, .frontier, GasTier.veryLow),
    row(.push7, "PUSH7", 0, 1, .frontier, GasTier.veryLow),
    row(.push8, "PUSH8", 0, 1, .frontier, GasTier.veryLow),
    row(.push9, "PUSH9", 0, 1, .frontier, GasTier.veryLow),
    row(.push10, "PUSH10", 0, 1, .frontier, GasTier.veryLow),
    row(.push11, "PUSH11", 0, 1, .frontier, GasTier.veryLow),
    row(.push12, "PUSH12", 0, 1, .frontier, GasTier.veryLow),
    row(.push13, "PUSH13", 0, 1, .frontier, GasTier.veryLow),
    row(.push14, "PUSH14", 0, 1, .frontier, GasTier.veryLow),
    row(.push15, "PUSH15", 0, 1, .frontier, GasTier.veryLow),
    row(.push16, "PUSH16", 0, 1, .frontier, GasTier.veryLow),
    row(.push17, "PUSH17", 0, 1, .frontier, GasTier.veryLow),
    row(.push18, "PUSH18", 0, 1, .frontier, GasTier.veryLow),
    row(.push19, "PUSH19", 0, 1, .frontier, GasTier.veryLow),
    row(.push20, "PUSH20", 0, 1, .frontier, GasTier.veryLow),
    row(.push21, "PUSH21", 0, 1, .frontier, GasTier.veryLow),
    row(.push22, "PUSH22", 0, 1, .frontier, GasTier.veryLow),
    row(.push23, "PUSH23", 0, 1, .frontier, GasTier.veryLow),
    row(.push24, "PUSH24", 0, 1, .frontier, GasTier.veryLow),
    row(.push25, "PUSH25", 0, 1, .frontier, GasTier.veryLow),
    row(.push26, "PUSH26", 0, 1, .frontier, GasTier.veryLow),
    row(.push27, "PUSH27", 0, 1, .frontier, GasTier.veryLow),
    row(.push28, "PUSH28", 0, 1, .frontier, GasTier.veryLow),
    row(.push29, "PUSH29", 0, 1, .frontier, GasTier.veryLow),
    row(.push30, "PUSH30", 0, 1, .frontier, GasTier.veryLow),
    row(.push31, "PUSH31", 0, 1, .frontier, GasTier.veryLow),
    row(.push32, "PUSH32", 0, 1, .frontier, GasTier.veryLow),
    row(.dup1, "DUP1", 1, 2, .frontier, GasTier.veryLow),
    row(.dup2, "DUP2", 2, 3, .frontier, GasTier.veryLow),
    row(.dup3, "DUP3", 3, 4, .frontier, GasTier.veryLow),
    row(.dup4, "DUP4", 4, 5, .frontier, GasTier.veryLow),
    row(.dup5, "DUP5", 5, 6, .frontier, GasTier.veryLow),
    row(.dup6, "DUP6", 6, 7, .frontier, GasTier.veryLow),
    row(.dup7, "DUP7", 7, 8, .frontier, GasTier.veryLow),
    row(.dup8, "DUP8", 8, 9, .frontier, GasTier.veryLow),
    row(.dup9, "DUP9", 9, 10, .frontier, GasTier.veryLow),
    row(.dup10, "DUP10", 10, 11, .frontier, GasTier.veryLow),
    row(.dup11, "DUP11", 11, 12, .frontier, GasTier.veryLow),
    row(.dup12, "DUP12", 12, 13, .frontier, GasTier.veryLow),
    row(.dup13, "DUP13", 13, 14, .frontier, GasTier.veryLow),
    row(.dup14, "DUP14", 14, 15, .frontier, GasTier.veryLow),
    row(.dup15, "DUP15", 15, 16, .frontier, GasTier.veryLow),
    row(.dup16, "DUP16", 16, 17, .frontier, GasTier.veryLow),
    row(.swap1, "SWAP1", 2, 2, .frontier, GasTier.veryLow),
    row(.swap2, "SWAP2", 3, 3, .frontier, GasTier.veryLow),
    row(.swap3, "SWAP3", 4, 4, .frontier, GasTier.veryLow),
    row(.swap4, "SWAP4", 5, 5, .frontier, GasTier.veryLow),
    row(.swap5, "SWAP5", 6, 6, .frontier, GasTier.veryLow),
    row(.swap6, "SWAP6", 7, 7, .frontier, GasTier.veryLow),
    row(.swap7, "SWAP7", 8, 8, .frontier, GasTier.veryLow),
    row(.swap8, "SWAP8", 9, 9, .frontier, GasTier.veryLow),
    row(.swap9, "SWAP9", 10, 10, .frontier, GasTier.veryLow),
    row(.swap10, "SWAP10", 11, 11, .frontier, GasTier.veryLow),
    row(.swap11, "SWAP11", 12, 12, .frontier, GasTier.veryLow),
    row(.swap12, "SWAP12", 13, 13, .frontier, GasTier.veryLow),
    row(.swap13, "SWAP13", 14, 14, .frontier, GasTier.veryLow),
    row(.swap14, "SWAP14", 15, 15, .frontier, GasTier.veryLow),
    row(.swap15, "SWAP15", 16, 16, .frontier, GasTier.veryLow),
    row(.swap16, "SWAP16", 17, 17, .frontier, GasTier.veryLow),
    row(.log0, "LOG0", 2, 0, .frontier, GasTier.log),
    row(.log1, "LOG1", 3, 0, .frontier, GasTier.log),
    row(.log2, "LOG2", 4, 0, .frontier, GasTier.log),
    row(.log3, "LOG3", 5, 0, .frontier, GasTier.log),
    row(.log4, "LOG4", 6, 0, .frontier, GasTier.log),
    row(.create, "CREATE", 3, 1, .frontier, GasTier.create),
    row(.call, "CALL", 7, 1, .frontier, 40),
    row(.callcode, "CALLCODE", 7, 1, .frontier, 40),
    row(.`return`, "RETURN", 2, 0, .frontier, 0),
    row(.delegatecall, "DELEGATECALL", 6, 1, .homestead, 40),
    row(.create2, "CREATE2", 4, 1, .constantinople, GasTier.create),
    row(.staticcall, "STATICCALL", 6, 1, .byzantium, 700),
    row(.revert, "REVERT", 2, 0, .byzantium, 0),
    row(.invalid, "INVALID", 0, 0, nil, 0),
    row(.selfdestruct, "SELFDESTRUCT", 1, 0, .frontier, 0),
  ]
}

// What everything costs and which rules hold, fork by fork.

public import Ledger

/// The static prices that never changed, by the Yellow Paper's names (appendix G).
enum GasTier {
  static let jumpdest: Int64 = 1
  static let base: Int64 = 2
  static let veryLow: Int64 = 3
  static let low: Int64 = 5
  static let mid: Int64 = 8
  static let high: Int64 = 10
  static let blockhash: Int64 = 20
  static let keccak256: Int64 = 30
  static let log: Int64 = 375
  static let create: Int64 = 32_000

  static let memoryWord: Int64 = 3
  static let copyWord: Int64 = 3
  static let keccak256Word: Int64 = 6
  static let logTopic: Int64 = 375
  static let logByte: Int64 = 8
  static let callValue: Int64 = 9_000
  static let callStipend: Int64 = 2_300
  static let newAccount: Int64 = 25_000
  static let codeDepositByte: Int64 = 200
  static let selfDestructRefund: Int64 = 24_000
}

/// How SSTORE is charged and refunded.
struct StorageGas: Sendable {
  /// Whether the value at the start of the transaction counts (EIP-1283, EIP-2200).
  var isNetMetered = false
  /// SSTORE fails when no more gas than this is left (EIP-2200).
  var sentry: Int64 = 0
  /// Writing what stands there already, or a slot changed before in this transaction.
  var dirty: Int64 = 5_000
  /// Zero to nonzero.
  var set: Int64 = 20_000
  /// Nonzero to anything else.
  var reset: Int64 = 5_000
  /// Refund for clearing a slot.
  var clearRefund: Int64 = 15_000
  /// Surcharge of a first access (EIP-2929).
  var cold: Int64 = 0
}

/// Prices and rules of one fork. Instruction bodies read them; none asks for a fork's name.
struct GasSchedule: Sendable {
  /// Static gas by opcode; `undefined` for bytes without a meaning in this fork.
  var instructions: [Int64]
  var storage = StorageGas()
  var expByte: Int64 = 10
  /// Surcharge of the first access to a slot by SLOAD (EIP-2929).
  var coldSlot: Int64 = 0
  /// Surcharge of the first access to an account (EIP-2929).
  var coldAccount: Int64 = 0
  /// SELFDESTRUCT's surcharge for a cold beneficiary, which has no warm price (EIP-2929).
  var coldBeneficiary: Int64 = 0
  var warmDelegate: Int64 = 0
  var selfDestructRefund = GasTier.selfDestructRefund
  /// SELFDESTRUCT's price for bringing an account into being (EIP-150).
  var selfDestructNewAccount: Int64 = 0
  /// A call passes on at most all but one 64th of the gas (EIP-150).
  var keepsOneSixtyFourth = false
  /// Only value sent to a dead account pays for a new one (EIP-161).
  var newAccountNeedsValue = false
  /// A contract begins with nonce 1 (EIP-161).
  var contractNonce: UInt64 = 0
  /// A creation that cannot pay for its code fails (EIP-2); before, it left no code.
  var unpaidDepositFails = false
  /// EIP-170.
  var maximumCodeSize = Int.max
  /// EIP-3860.
  var maximumInitcodeSize = Int.max
  var initcodeWord: Int64 = 0
  /// Code may not begin with 0xef (EIP-3541).
  var rejectsCodePrefixEF = false
  /// Accounts may delegate to code (EIP-7702).
  var hasDelegation = false

  /// The price of bytes without a meaning: more than any gas, so that paying it fails.
  static let undefined = Int64.max

  /// The schedule of `fork`, alive for ever.
  static func of(_ fork: Fork) -> UnsafePointer<GasSchedule> { table.pointers[Int(fork.rawValue)] }

  /// The static gas of all opcodes in `fork`, alive for ever.
  static func instructionGas(of fork: Fork) -> UnsafePointer<Int64> {
    table.instructions[Int(fork.rawValue)]
  }

  /// Schedules in memory that is never freed, one per fork.
  private struct Table: @unchecked Sendable {
    let pointers: [UnsafePointer<GasSchedule>]
    let instructions: [UnsafePointer<Int64>]
  }

  private static let table: Table = {
    let schedules = Fork.allCases.map { GasSchedule($0) }
    return Table(
      pointers: schedules.map { schedule in
        let pointer = UnsafeMutablePointer<GasSchedule>.allocate(capacity: 1)
        pointer.initialize(to: schedule)
        return UnsafePointer(pointer)
      },
      instructions: schedules.map { schedule in
        let pointer = UnsafeMutableBufferPointer<Int64>.allocate(capacity: 256)
        _ = pointer.initialize(from: schedule.instructions)
        return UnsafePointer(pointer.baseAddress.unsafelyUnwrapped)
      })
  }()

  /// The rules of `fork`: those of each fork up to it, applied in order.
  init(_ fork: Fork) {
    instructions = OpcodeTraits.all.map { traits in
      traits.introduced.map { $0 <= fork } ?? false ? traits.gas : Self.undefined
    }
    for step in Fork.allCases where step <= fork { apply(step) }
  }

  private mutating func price(_ opcodes: Opcode..., at gas: Int64) {
    for opcode in opcodes where instructions[Int(opcode.rawValue)] != Self.undefined {
      instructions[Int(opcode.rawValue)] = gas
    }
  }

  /// What `fork` changed.
  private mutating func apply(_ fork: Fork) {
    switch fork {
    case .homestead:
      unpaidDepositFails = true
    case .tangerineWhistle:  // EIP-150
      price(.extcodesize, .extcodecopy, .call, .callcode, .delegatecall, at: 700)
      price(.balance, at: 400)
      price(.sload, at: 200)
      price(.selfdestruct, at: 5_000)
      selfDestructNewAccount = GasTier.newAccount
      keepsOneSixtyFourth = true
    case .spuriousDragon:  // EIP-160, 161, 170
      expByte = 50
      newAccountNeedsValue = true
      contractNonce = 1
      maximumCodeSize = 24_576
    case .constantinople:  // EIP-1283
      storage = StorageGas(isNetMetered: true, dirty: 200)
    case .petersburg:  // EIP-1716 takes EIP-1283 back
      storage = StorageGas()
    case .istanbul:  // EIP-1884, 2200
      price(.sload, at: 800)
      price(.balance, .extcodehash, at: 700)
      storage = StorageGas(isNetMetered: true, sentry: 2_300, dirty: 800)
    case .berlin:  // EIP-2929
      price(.sload, at: 100)
      price(.balance, .extcodesize, .extcodecopy, .extcodehash, at: 100)
      price(.call, .callcode, .delegatecall, .staticcall, at: 100)
      coldSlot = 2_000
      coldAccount = 2_500
      coldBeneficiary = 2_600
      storage.dirty = 100
      storage.reset = 2_900
      storage.cold = 2_100
    case .london:  // EIP-3529, 3541
      storage.clearRefund = 4_800
      selfDestructRefund = 0
      rejectsCodePrefixEF = true
    case .shanghai:  // EIP-3860
      maximumInitcodeSize = Initcode.maximumSize
      initcodeWord = Int64(Initcode.wordGas)
    case .prague:  // EIP-7702
      hasDelegation = true
      warmDelegate = 100
    case .frontier, .byzantium, .muirGlacier, .arrowGlacier, .grayGlacier, .paris, .cancun, .osaka:
      break
    }
  }
}

extension Opcode {
  /// What the instruction costs in `fork` whatever its operands; nil where the fork does not know it.
  public func staticGas(in fork: Fork) -> Int64? {
    let gas = GasSchedule.instructionGas(of: fork)[Int(rawValue)]
    return gas == GasSchedule.undefined ? nil : gas
  }
}

// Failures in the words that geth's tracers use, which tools compare with.

public import EVM
import Primitives

/// The instruction that was about to run, as far as a failure's text needs it.
struct LastStep {
  var opcode: UInt8 = 0
  var stackCount = 0

  init() {}

  init(_ step: TracedStep) {
    opcode = step.opcode
    stackCount = step.stack.count
  }
}

/// Failures in the words that geth uses.
public enum FailureText {
  /// Why a frame failed; `step` is the instruction that failed.
  static func of(_ halt: Halt, at step: LastStep) -> String {
    let opcode = Opcode(rawValue: step.opcode) ?? .invalid
    let traits = OpcodeTraits.of(opcode)
    switch halt {
    case .stackUnderflow: return "stack underflow (\(step.stackCount) <=> \(traits.pops))"
    case .stackOverflow:
      let most = 1024 + traits.pops - traits.pushes
      return "stack limit reached \(step.stackCount) (\(most))"
    case .undefinedInstruction:
      let name =
        opcode.isDefined || opcode == .invalid
        ? traits.mnemonic : "opcode 0x\(String(step.opcode, radix: 16)) not defined"
      return "invalid opcode: \(name)"
    default: return of(halt)
    }
  }

  /// Why a frame failed, where no instruction is to blame.
  public static func of(_ halt: Halt) -> String {
    switch halt {
    case .revert: reverted
    case .outOfGas: "out of gas"
    case .stackUnderflow: "stack underflow"
    case .stackOverflow: "stack limit reached"
    case .invalidJump: "invalid jump destination"
    case .undefinedInstruction: "invalid opcode"
    case .staticViolation: "write protection"
    case .returnDataOutOfBounds: "return data out of bounds"
    case .codeTooLarge: "max code size exceeded"
    case .initcodeTooLarge: "max initcode size exceeded"
    case .codePrefixEF: "invalid code: must not begin with 0xef"
    case .createCollision: "contract address collision"
    case .precompileFailure: "precompiled failed"
    case .callDepth: "max call depth exceeded"
    case .insufficientBalance: "insufficient balance for transfer"
    case .nonceOverflow: "nonce uint64 overflow"
    case .memoryLimit: "memory limit reached"
    }
  }

  /// REVERT.
  public static let reverted = "execution reverted"
  /// A creation that cannot pay for the code it makes.
  static let unpaidCode = "contract creation code storage out of gas"

  /// The failure in Parity's words, where it has some.
  static func inParityWords(_ text: String) -> String {
    switch text {
    case reverted: return "Reverted"
    case "out of gas", unpaidCode, "max code size exceeded": return "Out of gas"
    case "invalid jump destination": return "Bad jump destination"
    case "return data out of bounds": return "Out of bounds"
    case "precompiled failed": return "Built-in failed"
    default: break
    }
    if text.hasPrefix("invalid opcode") { return "Bad instruction" }
    if text.hasPrefix("stack underflow") { return "Stack underflow" }
    if text.hasPrefix("stack limit reached") { return "Out of stack" }
    return text
  }
}

// Why a run ended without success.

/// Why a frame of execution failed. All but `revert` take the frame's whole gas.
public enum Halt: UInt8, Error, Sendable, CaseIterable {
  /// REVERT: the changes are undone, the gas left and the output go back to the caller (EIP-140).
  case revert
  case outOfGas
  case stackUnderflow
  case stackOverflow
  case invalidJump
  /// A byte that is no instruction in this fork, INVALID included.
  case undefinedInstruction
  /// A state change inside a static call (EIP-214).
  case staticViolation
  /// RETURNDATACOPY beyond the end (EIP-211).
  case returnDataOutOfBounds
  /// Created code beyond the limit (EIP-170).
  case codeTooLarge
  /// Creation code beyond the limit (EIP-3860).
  case initcodeTooLarge
  /// Created code that begins with 0xef (EIP-3541).
  case codePrefixEF
  /// A contract stands at the address already (EIP-684, EIP-7610).
  case createCollision
  /// A precompile refused its input.
  case precompileFailure
  /// Deeper than 1024 calls.
  case callDepth
  /// The caller cannot pay the value.
  case insufficientBalance
  /// The creator's nonce is at its end (EIP-2681). Only tracers hear of it.
  case nonceOverflow
  /// The run needs more memory than this machine was allowed; no verdict on the contract.
  case memoryLimit

  /// Whether this says something about the contract, and not about this machine. What is no verdict
  /// ends the whole run.
  public var isVerdict: Bool { self != .memoryLimit }
}

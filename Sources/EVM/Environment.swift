// What a run knows of its block and its transaction, and what comes out.

public import Primitives

/// The block around a transaction, as instructions can ask for it.
public struct BlockEnvironment: Sendable, Hashable {
  /// COINBASE: who receives the fees.
  public var coinbase: Address
  /// NUMBER
  public var number: UInt64
  /// TIMESTAMP, in seconds.
  public var timestamp: UInt64
  /// GASLIMIT of the block.
  public var gasLimit: UInt64
  /// BASEFEE, in wei (EIP-1559); zero before London.
  public var baseFee: UInt256
  /// PREVRANDAO (EIP-4399); before Paris, the difficulty.
  public var prevRandao: UInt256
  /// BLOBBASEFEE, in wei (EIP-7516); zero before Cancun.
  public var blobBaseFee: UInt256
  /// CHAINID (EIP-1344)
  public var chainID: UInt64

  /// A block environment.
  public init(
    coinbase: Address = .zero, number: UInt64 = 0, timestamp: UInt64 = 0,
    gasLimit: UInt64 = 30_000_000, baseFee: UInt256 = .zero, prevRandao: UInt256 = .zero,
    blobBaseFee: UInt256 = .zero, chainID: UInt64 = 1
  ) {
    self.coinbase = coinbase
    self.number = number
    self.timestamp = timestamp
    self.gasLimit = gasLimit
    self.baseFee = baseFee
    self.prevRandao = prevRandao
    self.blobBaseFee = blobBaseFee
    self.chainID = chainID
  }
}

/// The outermost message of a transaction.
public struct TransactionMessage {
  /// ORIGIN, which is also the caller of the outermost frame.
  public var origin: Address
  /// GASPRICE: the effective price, in wei.
  public var gasPrice: UInt256
  /// BLOBHASH (EIP-4844)
  public var blobHashes: [Hash256]
  /// The account called; nil creates a contract.
  public var recipient: Address?
  /// Wei to move.
  public var value: UInt256
  /// Gas for the run, intrinsic gas already taken. At most `Int64.max - 1` counts.
  public var gas: Int64
  /// Call data, or creation code. Must stay valid during the run.
  public var input: UnsafeRawBufferPointer

  /// A message.
  public init(
    origin: Address, gasPrice: UInt256 = .zero, blobHashes: [Hash256] = [], recipient: Address?,
    value: UInt256 = .zero, gas: Int64, input: UnsafeRawBufferPointer
  ) {
    self.origin = origin
    self.gasPrice = gasPrice
    self.blobHashes = blobHashes
    self.recipient = recipient
    self.value = value
    self.gas = gas
    self.input = input
  }
}

/// How the outermost message ended.
public struct ExecutionResult {
  /// Nil for success.
  public var halt: Halt?
  /// Gas not used; zero after any halt but `revert`.
  public var gasLeft: Int64
  /// The refund counter; zero unless the run succeeded. Not yet capped.
  public var refund: Int64
  /// What RETURN or REVERT gave; valid until the next run of the same machine.
  public var output: UnsafeRawBufferPointer
  /// The contract created, if the message was a creation that succeeded.
  public var createdAddress: Address?

  /// The result of a message for which nothing had to run.
  public init(gasLeft: Int64) {
    self.init(
      halt: nil, gasLeft: gasLeft, refund: 0,
      output: UnsafeRawBufferPointer(start: nil, count: 0), createdAddress: nil)
  }

  init(
    halt: Halt?, gasLeft: Int64, refund: Int64, output: UnsafeRawBufferPointer,
    createdAddress: Address?
  ) {
    self.halt = halt
    self.gasLeft = gasLeft
    self.refund = refund
    self.output = output
    self.createdAddress = createdAddress
  }
}

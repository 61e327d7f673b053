// Contract creation (the Yellow Paper's Λ) and the addresses of contracts.

import Crypto
import Ledger
public import Primitives

extension UnsafeMutablePointer where Pointee == Machine {
  /// Creates a contract at `message.recipient`; the creator's nonce has been incremented.
  func create(
    _ message: Message, initcode: UnsafeRawBufferPointer, host: any Host,
    stack: UnsafeMutablePointer<UInt256>
  ) -> MessageResult {
    let held = Code.footprint(ofCount: initcode.count)
    guard pointee.hold(held) else { return MessageResult(halt: .memoryLimit, gasLeft: 0) }
    defer { pointee.memoryHeld -= held }
    // The address stays accessed even when the creation fails (EIP-2929).
    _ = host.accessAccount(message.recipient)
    if pointee.tracer != nil { traceEnter(message, initcode: initcode) }
    var result = MessageResult(halt: .createCollision, gasLeft: 0)
    if !host.accountCollides(message.recipient) {
      let checkpoint = host.checkpoint()
      let refund = pointee.refund
      host.createContract(
        message.recipient, creator: message.caller, value: message.value,
        nonce: pointee.schedule.pointee.contractNonce)
      // Creation code is run once, so its hash is of no use.
      let code = Code(initcode, hash: .zero)
      result = withExtendedLifetime(code) {
        run(code.reference, message, host: host, stack: stack)
      }
      if result.halt == nil { deposit(&result, at: message.recipient, host: host) }
      if host.isExhausted { result = MessageResult(halt: .memoryLimit, gasLeft: 0) }
      if result.halt != nil {
        host.revert(to: checkpoint)
        pointee.refund = refund
      }
    }
    if pointee.tracer != nil { traceExit(message, result) }
    return result
  }

  /// Stores the code that creation code returned, if it obeys the rules and can be paid.
  private func deposit(_ result: inout MessageResult, at address: Address, host: any Host) {
    let schedule = pointee.schedule
    let code = result.output
    if code.count > schedule.pointee.maximumCodeSize {
      result = MessageResult(halt: .codeTooLarge, gasLeft: 0)
    } else if schedule.pointee.rejectsCodePrefixEF, code.first == 0xef {
      result = MessageResult(halt: .codePrefixEF, gasLeft: 0)
    } else {
      let price = GasTier.codeDepositByte * Int64(code.count)
      if price <= result.gasLeft {
        result.gasLeft -= price
        host.setCode(code, of: address)
      } else if schedule.pointee.unpaidDepositFails {
        result = MessageResult(halt: .outOfGas, gasLeft: 0)
      }
    }
  }
}

extension Address {
  /// Where CREATE puts a contract: the end of keccak256(rlp([creator, nonce])).
  public static func created(by creator: Address, nonce: UInt64) -> Address {
    var encoder = RLPEncoder()
    encoder.list { list in
      list.encode(creator)
      list.encode(nonce)
    }
    return Address(truncating: Keccak256.hash(encoder.bytes).word)
  }

  /// Where CREATE2 puts a contract (EIP-1014).
  public static func created2(
    by creator: Address, salt: UInt256, initcode: UnsafeRawBufferPointer
  ) -> Address {
    withUnsafeTemporaryAllocation(byteCount: 85, alignment: 8) { bytes in
      bytes[0] = 0xff
      let start = bytes.baseAddress.unsafelyUnwrapped
      creator.store(at: start + 1)
      salt.storeBigEndian(at: start + 21)
      Keccak256.hash(initcode).store(at: start + 53)
      return Address(truncating: Keccak256.hash(UnsafeRawBufferPointer(bytes)).word)
    }
  }
}

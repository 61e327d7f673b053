// 0xf0 to 0xff: calls, creations and the end of a contract.

import Ledger
import Primitives

extension Frame {
  /// CALL, CALLCODE, DELEGATECALL and STATICCALL.
  @inline(never)
  mutating func call(_ kind: CallKind, _ opcode: Opcode) throws(Halt) {
    let hasValue = kind == .call || kind == .callCode
    let operands = hasValue ? 7 : 6
    try require(operands)
    try charge(opcode)
    let gasAsked = top[-1]
    let address = Address(truncating: top[-2])
    let value = hasValue ? top[-3] : .zero
    let ranges = top - operands
    if kind == .call, !value.isZero { try requireMutable() }

    let input = try memoryRegion(at: ranges[3], size: ranges[2])
    let target = try memoryRegion(at: ranges[1], size: ranges[0])
    // The second growth may have moved what the first one found.
    let inputStart = input.count == 0 ? nil : memory + Int(truncatingIfNeeded: ranges[3].l0)

    try chargeAccess(address)
    // Paid before the account is looked at (EIP-7928).
    if !value.isZero { try charge(GasTier.callValue) }
    let code = try delegatedCode(of: address)
    if kind == .call { try chargeNewAccount(address, value: value) }
    var calleeGas = try gasToPass(asked: gasAsked)
    gas &-= calleeGas
    tracePaid()
    if !value.isZero { calleeGas &+= GasTier.callStipend }

    top -= operands
    returnData = UnsafeRawBufferPointer(start: nil, count: 0)
    let isDelegate = kind == .delegateCall
    let callee = Message(
      kind: kind, depth: message.depth + 1, isStatic: message.isStatic || kind == .staticCall,
      gas: calleeGas,
      recipient: kind == .call || kind == .staticCall ? address : message.recipient,
      caller: isDelegate ? message.caller : message.recipient,
      value: isDelegate ? message.value : value, codeAddress: address,
      input: UnsafeRawBufferPointer(start: inputStart, count: input.count))
    let result = machine.call(callee, code: code, host: host, stack: top)
    gas &+= result.gasLeft
    try propagate(result)
    returnData = result.output
    let copied = min(target.count, result.output.count)
    if copied > 0, let to = target.baseAddress, let from = result.output.baseAddress {
      to.copyMemory(from: from, byteCount: copied)
    }
    top.initialize(to: UInt256(result.halt == nil))
    top += 1
  }

  /// CREATE and CREATE2.
  @inline(never)
  mutating func create(_ kind: CallKind, _ opcode: Opcode) throws(Halt) {
    let operands = kind == .create2 ? 4 : 3
    try require(operands)
    try requireMutable()
    try charge(opcode)
    let value = top[-1]
    let size = top[-3]
    if size.clampedToUInt64 > UInt64(schedule.pointee.maximumInitcodeSize) {
      throw .initcodeTooLarge
    }
    try chargeWords(of: size, schedule.pointee.initcodeWord)
    if kind == .create2 { try chargeWords(of: size, GasTier.keccak256Word) }
    let initcode = UnsafeRawBufferPointer(try memoryRegion(at: top[-2], size: size))
    let salt = kind == .create2 ? top[-4] : .zero
    top -= operands
    returnData = UnsafeRawBufferPointer(start: nil, count: 0)

    let creator = message.recipient
    let nonce = host.nonce(of: creator)
    guard message.depth < Machine.maximumDepth, nonce < .max, host.hasBalance(value, of: creator)
    else {
      traceRefusedCreation(kind, value: value, salt: salt, nonce: nonce, initcode: initcode)
      return try push(.zero)
    }
    let calleeGas = schedule.pointee.keepsOneSixtyFourth ? gas - gas / 64 : gas
    gas &-= calleeGas
    tracePaid()
    host.incrementNonce(of: creator)
    let address =
      kind == .create2
      ? Address.created2(by: creator, salt: salt, initcode: initcode)
      : Address.created(by: creator, nonce: nonce)
    let callee = Message(
      kind: kind, depth: message.depth + 1, isStatic: false, gas: calleeGas, recipient: address,
      caller: creator, value: value, codeAddress: address,
      input: UnsafeRawBufferPointer(start: nil, count: 0))
    let result = machine.create(callee, initcode: initcode, host: host, stack: top)
    gas &+= result.gasLeft
    try propagate(result)
    // Only a failed creation leaves data behind (EIP-211).
    if result.halt == .revert { returnData = result.output }
    top.initialize(to: result.halt == nil ? address.word : .zero)
    top += 1
  }

  @inline(never)
  mutating func selfdestruct() throws(Halt) {
    try require(1)
    try requireMutable()
    try charge(.selfdestruct)
    let beneficiary = Address(truncating: top[-1])
    top -= 1
    if host.accessAccount(beneficiary) { try charge(schedule.pointee.coldBeneficiary) }
    let isNew =
      schedule.pointee.newAccountNeedsValue
      ? !host.balance(of: message.recipient).isZero && host.accountIsEmpty(beneficiary)
      : !host.accountExists(beneficiary)
    if isNew { try charge(schedule.pointee.selfDestructNewAccount) }
    if host.selfDestruct(message.recipient, beneficiary: beneficiary) {
      machine.pointee.refund &+= schedule.pointee.selfDestructRefund
    }
  }

  /// The code at `address`, or what it delegates to, paying for the access (EIP-7702).
  private mutating func delegatedCode(of address: Address) throws(Halt) -> CodeReference {
    let code = host.code(of: address)
    guard schedule.pointee.hasDelegation, let delegate = code.delegate else { return code }
    try charge(schedule.pointee.warmDelegate)
    try chargeAccess(delegate)
    return host.code(of: delegate)
  }

  /// CALL's price for bringing an account into being.
  private mutating func chargeNewAccount(_ address: Address, value: UInt256) throws(Halt) {
    let isNew =
      schedule.pointee.newAccountNeedsValue
      ? !value.isZero && host.accountIsEmpty(address) : !host.accountExists(address)
    if isNew { try charge(GasTier.newAccount) }
  }

  /// How much of the gas left a call gets; before EIP-150, asking for too much fails.
  private func gasToPass(asked: UInt256) throws(Halt) -> Int64 {
    let asked = Int64(clamping: asked.clampedToUInt64)
    if schedule.pointee.keepsOneSixtyFourth { return min(asked, gas - gas / 64) }
    if asked > gas { throw .outOfGas }
    return asked
  }

  /// A callee that ended for this machine's sake ends its caller too.
  @inline(__always)
  private func propagate(_ result: MessageResult) throws(Halt) {
    if let halt = result.halt, !halt.isVerdict { throw halt }
  }
}

// The first block of mainnet, whose accounts are part of the program.

internal import CMainnetGenesis
internal import Ledger
internal import Primitives
internal import State

extension Genesis {
  /// Mainnet's first block, of July 2015.
  public static var mainnet: Genesis {
    let header = Header(
      difficulty: UInt256(0x4_0000_0000 as UInt64), number: 0, gasLimit: 5000, timestamp: 0,
      extraData: (0x11bb_e8db_4e34_7b4e_8c93_7c1c_8370_e4b5_ed33_adb3_db69_cbdb_7a38_e1e5_0b1b_82fa
        as UInt256).bigEndianBytes, nonce: 0x42)
    return Genesis(withStateRootFor: header, rules: .mainnet, allocations: mainnetAllocations)
  }

  private static var mainnetAllocations: [AccountAllocation] {
    let bytes = UnsafeRawBufferPointer(
      start: nt_mainnet_allocations(), count: Int(nt_mainnet_allocations_size()))
    return stride(from: 0, to: bytes.count, by: addressSize + balanceSize).compactMap { place in
      let account = bytes[place..<place + addressSize]
      let balance = bytes[place + addressSize..<place + addressSize + balanceSize]
      return Address(bytes: account).map {
        AccountAllocation(address: $0, balance: UInt256(bigEndian: balance) ?? .zero)
      }
    }
  }

  private static let (addressSize, balanceSize) = (20, 11)
}

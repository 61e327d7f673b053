// How the state of a worker asks for what its transactions read.

import Ledger
import Primitives
import State

/// A `VersionedReader` as the state of a worker asks it.
///
/// Not generic: a state asks through an existential, and generic code behind one looks up its types
/// each time. That is why there are two of them that say the same.
final class VersionedView: StateView {
  private let reader: UnsafeMutablePointer<VersionedReader<Unscheduled>>

  /// A view through a reader that lives longer.
  init(_ reader: UnsafeMutablePointer<VersionedReader<Unscheduled>>) { self.reader = reader }

  func account(_ address: Address) throws(StateReadError) -> Account? {
    try reader.pointee.account(address)
  }

  func storage(_ address: Address, _ slot: UInt256) throws(StateReadError) -> UInt256 {
    try reader.pointee.storage(address, slot).word
  }

  func contendedStorage(
    _ address: Address, _ slot: UInt256
  ) throws(StateReadError) -> (word: UInt256, isContended: Bool) {
    try reader.pointee.storage(address, slot)
  }

  func hasStorage(_ address: Address) throws(StateReadError) -> Bool {
    try reader.pointee.hasStorage(address)
  }

  func code(_ hash: Hash256) throws(StateReadError) -> Code { try reader.pointee.code(hash) }

  func codeReference(_ hash: Hash256) throws(StateReadError) -> CodeReference {
    try reader.pointee.codeReference(hash)
  }

  func blockHash(_ number: UInt64) throws(StateReadError) -> Hash256? {
    try reader.pointee.blockHash(number)
  }
}

/// The same for interleavings that are explored, where time does not matter.
final class ExploredView<Point: SchedulingPoint>: StateView {
  private let reader: UnsafeMutablePointer<VersionedReader<Point>>

  /// A view through a reader that lives longer.
  init(_ reader: UnsafeMutablePointer<VersionedReader<Point>>) { self.reader = reader }

  func account(_ address: Address) throws(StateReadError) -> Account? {
    try reader.pointee.account(address)
  }

  func storage(_ address: Address, _ slot: UInt256) throws(StateReadError) -> UInt256 {
    try reader.pointee.storage(address, slot).word
  }

  func contendedStorage(
    _ address: Address, _ slot: UInt256
  ) throws(StateReadError) -> (word: UInt256, isContended: Bool) {
    try reader.pointee.storage(address, slot)
  }

  func hasStorage(_ address: Address) throws(StateReadError) -> Bool {
    try reader.pointee.hasStorage(address)
  }

  func code(_ hash: Hash256) throws(StateReadError) -> Code { try reader.pointee.code(hash) }

  func codeReference(_ hash: Hash256) throws(StateReadError) -> CodeReference {
    try reader.pointee.codeReference(hash)
  }

  func blockHash(_ number: UInt64) throws(StateReadError) -> Hash256? {
    try reader.pointee.blockHash(number)
  }
}

// The addresses of people in a file.

internal import Crypto
internal import Foundation
internal import Primitives

/// Addresses one after another, behind the Keccak hash of all of them.
enum PeopleFile {
  private static let addressSize = 20
  private static let hashSize = 32

  /// The addresses in the file at `path`; nil where there is none of so many.
  static func read(_ path: String, count: Int) throws(FullPathError) -> [Address]? {
    guard let data = FileManager.default.contents(atPath: path),
      data.count == hashSize + addressSize * count
    else { return nil }
    let content = [UInt8](data.dropFirst(hashSize))
    guard Keccak256.hash(content).bytes.elementsEqual(data.prefix(hashSize)) else {
      throw FullPathError("\(path): is damaged; delete it, so that it is made anew")
    }
    return (0..<count).compactMap { index in
      Address(bytes: content[addressSize * index..<addressSize * index + addressSize])
    }
  }

  /// Writes addresses into the file at `path`.
  static func write(_ addresses: [Address], to path: String) throws(FullPathError) {
    var content: [UInt8] = []
    content.reserveCapacity(addressSize * addresses.count)
    for address in addresses { content += address.bytes }
    do {
      try Data(Keccak256.hash(content).bytes + content)
        .write(to: URL(fileURLWithPath: path), options: .atomic)
    } catch {
      throw FullPathError("\(path): cannot be written: \(error.localizedDescription)")
    }
  }
}

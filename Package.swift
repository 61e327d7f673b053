// swift-tools-version: 6.2
import PackageDescription

/// Every Swift target: Swift 6 language mode, strict imports, no warning left standing.
let strict: [SwiftSetting] = [
  .swiftLanguageMode(.v6),
  .enableUpcomingFeature("ExistentialAny"),
  .enableUpcomingFeature("MemberImportVisibility"),
  .enableUpcomingFeature("InternalImportsByDefault"),
  .treatAllWarnings(as: .error),
]

func library(
  _ name: String, _ dependencies: [Target.Dependency], exclude: [String] = []
) -> Target {
  .target(name: name, dependencies: dependencies, exclude: exclude, swiftSettings: strict)
}

func tests(_ name: String, _ dependencies: [Target.Dependency]) -> Target {
  .testTarget(name: name, dependencies: dependencies, swiftSettings: strict)
}

func system(_ name: String, pkgConfig: String?, apt: String, brew: String) -> Target {
  .systemLibrary(name: name, pkgConfig: pkgConfig, providers: [.apt([apt]), .brew([brew])])
}

/// The modules of the engine. Whoever imports the umbrella lists them too: SwiftPM does not look
/// through a re-export to see that a module has changed.
let engine: [Target.Dependency] = [
  "Primitives", "Crypto", "Ledger", "EVM", "State", "Execution",
]

/// What the umbrella re-exports.
let umbrella: [Target.Dependency] = engine + ["JSON", "Storage", "Chain", "Tracing"]

// Bottom to top; SwiftPM refuses cycles, so this order is the architecture (see ARCHITECTURE.md).
let package = Package(
  name: "needletail",
  platforms: [.macOS("26.0")],
  products: [
    .library(name: "Needletail", targets: ["Needletail"]),
    .executable(name: "needletail", targets: ["cli"]),
  ],
  targets: [
    .target(name: "CKernels"),
    .target(name: "CSecp256k1Lanes"),
    .target(name: "CProcessor"),
    .target(name: "CAllocator"),
    .target(name: "CLastWords"),
    // Their sources embed the binary files, which is why these are no resources.
    .target(name: "CTrustedSetup", exclude: ["trusted_setup_4096.bin"]),
    .target(name: "CMainnetGenesis", exclude: ["mainnet_allocations.bin"]),
    system("CSecp256k1", pkgConfig: "libsecp256k1", apt: "libsecp256k1-dev", brew: "secp256k1"),
    system("CCrypto", pkgConfig: "libcrypto", apt: "libssl-dev", brew: "openssl@3"),
    system("CGMP", pkgConfig: "gmp", apt: "libgmp-dev", brew: "gmp"),
    system("CCurl", pkgConfig: "libcurl", apt: "libcurl4-openssl-dev", brew: "curl"),
    system("CArchive", pkgConfig: "libarchive", apt: "libarchive-dev", brew: "libarchive"),
    system("CRocksDB", pkgConfig: "rocksdb", apt: "librocksdb-dev", brew: "rocksdb"),
    system("CZlib", pkgConfig: "zlib", apt: "zlib1g-dev", brew: "zlib"),
    system("CXXHash", pkgConfig: "libxxhash", apt: "libxxhash-dev", brew: "xxhash"),
    system(
      "CMicroHTTPD", pkgConfig: "libmicrohttpd", apt: "libmicrohttpd-dev", brew: "libmicrohttpd"),
    // Debian's package has no pkg-config file.
    system("CWslay", pkgConfig: nil, apt: "libwslay-dev", brew: "wslay"),
    .target(
      name: "CSimdJSON",
      linkerSettings: [.linkedLibrary("simdjson")]
    ),
    .target(name: "CRocksDBDoor", dependencies: ["CRocksDB"]),
    library("Primitives", ["CKernels"]),
    library(
      "Crypto",
      [
        "Primitives", "CSecp256k1", "CSecp256k1Lanes", "CCrypto", "CGMP", "CKernels",
        "CTrustedSetup",
      ]),
    library("JSON", ["Primitives", "CSimdJSON"]),
    library("Ledger", ["Primitives", "Crypto"]),
    // Random values for workloads, tests and fuzzing.
    library("Samples", ["Primitives", "Crypto", "Ledger"]),
    library("EVM", ["Primitives", "Crypto", "Ledger", "CKernels"]),
    library("State", ["Primitives", "Crypto", "Ledger", "CKernels"]),
    library(
      "Storage",
      [
        "Primitives", "Crypto", "Ledger", "State", "CKernels", "CRocksDB", "CRocksDBDoor",
        "CXXHash",
      ]),
    library("Execution", ["Primitives", "Crypto", "Ledger", "EVM", "State"]),
    library("Tracing", engine + ["JSON"]),
    library("Chain", engine + ["JSON", "Storage", "CMainnetGenesis"]),
    library("Needletail", umbrella),
    // The outside world: JSON-RPC.
    library(
      "Node", umbrella + ["Reports", "CAllocator", "CMicroHTTPD", "CWslay", "CZlib", "CCrypto"]),
    // Tables, HTML and SVG.
    library("Reports", engine + ["JSON"]),
    library(
      "Fixtures", umbrella + ["Node", "Reports", "Samples", "CArchive", "CCrypto", "CSecp256k1"]),
    library("Fetch", umbrella + ["Fixtures", "CCurl"]),
    library("Workloads", engine + ["Samples"], exclude: ["Contracts"]),
    // From signed bytes to durable blocks, under the clock.
    library("FullPath", umbrella + ["Fixtures", "Reports", "Workloads"]),
    // Signed transactions for a node, many a second, and what became of them.
    library("Load", umbrella + ["Node", "Fetch", "Fixtures", "Samples", "Workloads"]),
    // Independent ways to the same answers, which tests and fuzzing compare with.
    library("Oracles", ["Primitives", "Crypto", "CGMP"]),
    library("Fuzzing", umbrella + ["Fixtures", "Oracles", "Samples", "Workloads"]),
    .executableTarget(
      name: "cli",
      dependencies: umbrella + [
        "Needletail", "Node", "Fixtures", "Fetch", "FullPath", "Fuzzing", "Load", "Reports",
        "Workloads",
        "CProcessor",
        "CAllocator", "CLastWords",
      ],
      swiftSettings: strict
    ),
    // The program of the README; `make test` runs it.
    .executableTarget(
      name: "ExecuteTransaction", dependencies: umbrella + ["Needletail"],
      path: "Examples/ExecuteTransaction", exclude: ["expected.txt"], swiftSettings: strict),
    // A package of its own, too; here it is built with the rest, and `make test` runs it.
    .executableTarget(
      name: "SimulateTransaction", dependencies: umbrella + ["Needletail"],
      path: "Examples/SimulateTransaction", exclude: ["expected.txt", "Package.swift"],
      swiftSettings: strict),
    tests("PrimitivesTests", ["Oracles", "Samples", "Primitives"]),
    tests("CryptoTests", ["Crypto", "CSecp256k1Lanes", "Samples", "Primitives"]),
    tests("SamplesTests", ["Samples"]),
    tests("JSONTests", ["JSON", "Samples", "Primitives"]),
    tests("LedgerTests", ["Ledger", "Samples", "Primitives", "Crypto"]),
    tests("EVMTests", ["EVM", "Samples", "Ledger", "Primitives", "Crypto"]),
    tests("StateTests", ["Oracles", "Samples", "State", "Ledger", "Primitives", "Crypto"]),
    tests("StorageTests", ["Storage", "Samples", "State", "Ledger", "Primitives", "Crypto"]),
    tests(
      "ExecutionTests",
      ["Execution", "Samples", "State", "EVM", "Ledger", "Primitives", "Crypto"]),
    tests(
      "TracingTests",
      ["Tracing", "Samples", "JSON", "Execution", "State", "EVM", "Ledger", "Primitives", "Crypto"]),
    tests(
      "ChainTests",
      ["Chain", "Samples", "JSON", "Execution", "State", "EVM", "Ledger", "Primitives", "Crypto"]),
    tests("FullPathTests", umbrella + ["FullPath", "Workloads"]),
    tests("ReportsTests", ["Reports", "JSON", "Execution", "State", "Ledger", "Primitives"]),
    tests(
      "WorkloadsTests",
      ["Workloads", "Samples", "Execution", "State", "EVM", "Ledger", "Primitives", "Crypto"]),
    tests(
      "FixturesTests",
      [
        "Fixtures", "Reports", "Samples", "JSON", "Chain", "Tracing", "Execution", "State", "EVM",
        "Ledger",
        "Crypto",
        "Primitives",
      ]),
    tests(
      "FetchTests",
      [
        "Fetch", "Fixtures", "Workloads", "JSON", "Execution", "State", "EVM", "Ledger", "Crypto",
        "Primitives",
      ]),
    tests(
      "FuzzingTests",
      [
        "Fuzzing", "Workloads", "Samples", "JSON", "Execution", "State", "EVM", "Ledger", "Crypto",
        "Primitives",
      ]),
    tests(
      "LoadTests",
      ["Load", "Node", "JSON", "Chain", "Storage", "Ledger", "Crypto", "Primitives"]),
    tests(
      "NodeTests",
      [
        "Node", "Samples", "Crypto", "EVM", "Execution", "JSON", "Chain", "Storage", "State",
        "Ledger", "Primitives",
      ]),
    tests("CLITests", ["cli", "Ledger"]),
  ],
  cLanguageStandard: .c17,
  cxxLanguageStandard: .cxx20
)

// swift-tools-version: 6.2
import PackageDescription

// A package of its own, beside the engine's. Elsewhere the dependency is
// .package(url: "https://…/needletail", from: "0.1.0").
let package = Package(
  name: "SimulateTransaction",
  platforms: [.macOS("26.0")],
  dependencies: [.package(name: "needletail", path: "../..")],
  targets: [
    .executableTarget(
      name: "SimulateTransaction",
      dependencies: [.product(name: "Needletail", package: "needletail")],
      path: ".", exclude: ["expected.txt"])
  ]
)

// Methods about who sends, and what waits.

internal import JSON
internal import Ledger
internal import Primitives

extension DevelopmentMethods {
  var sending: [String: RPCMethod] {
    Self.merged(
      Self.named("anvil_impersonateAccount", "hardhat_impersonateAccount") {
        (parameters) throws(RPCError) in
        unlocked.impersonate(try parameters.address(0))
      },
      Self.named("anvil_stopImpersonatingAccount", "hardhat_stopImpersonatingAccount") {
        (parameters) throws(RPCError) in
        unlocked.stopImpersonating(try parameters.address(0))
      },
      Self.named("anvil_autoImpersonateAccount", "hardhat_autoImpersonateAccount") {
        (parameters) throws(RPCError) in
        unlocked.impersonateEverybody(try parameters.flag(0, otherwise: true))
      },
      Self.named("anvil_dropTransaction") { (parameters, writer) throws(RPCError) in
        let hash = try parameters.hash(0)
        guard try ingest.drop([hash]) > 0 else { return writer.null() }
        writer.value(hash)
      },
      Self.named("hardhat_dropTransaction") { (parameters, writer) throws(RPCError) in
        writer.value(try ingest.drop([try parameters.hash(0)]) > 0)
      },
      Self.named("anvil_dropAllTransactions", "hardhat_dropAllTransactions") {
        (_) throws(RPCError) in
        try ingest.replaceAll(by: [])
      },
      Self.named("anvil_removePoolTransactions", "hardhat_removePoolTransactions") {
        (parameters) throws(RPCError) in
        let (pending, queued) = ingest.pool.line(of: try parameters.address(0))
        try ingest.drop((pending + queued).map(\.hash))
      })
  }
}

// Options about conflicts and speed-ups.

internal import Fixtures
internal import Reports

extension Arguments {
  /// The cores that are simulated where only a page is asked for.
  private static let usualCores = [4, 8, 16, 32, 64, 128]

  /// What `--conflicts`, `--simulate-cores` and `--html` ask to be looked at; nil when nothing.
  func study(rounds: Int?) throws(UsageError) -> StudySettings? {
    guard has("--conflicts") || has("--simulate-cores") || has("--html") else { return nil }
    if string("--html") == "-" { throw UsageError(message: "--html needs the name of a file") }
    var cores = try integers("--simulate-cores", in: 1...StudySettings.largestCoreCount)
    if cores == nil && has("--html") { cores = Self.usualCores }
    return StudySettings(rounds: rounds ?? ScalingReport.steadyRounds, cores: cores ?? [])
  }

  /// The tables that were asked for; nothing where no block was studied.
  func studyText(_ studies: [BlockStudy]) -> String {
    var text = ""
    if studies.isEmpty { return text }
    if has("--conflicts") { text += ConflictReport(studies).text() + "\n" }
    if has("--simulate-cores") { text += ScalingReport(studies.compactMap(\.scaling)).text + "\n" }
    return text
  }
}

// Studies of blocks as one page.

internal import Execution
public import Reports

extension ReportPage {
  /// How many workers the drawn time lines have.
  private static let drawnWorkers = 8
  /// How many blocks have a time line.
  private static let shownTimelines = 24

  /// Adds what studies found: speed-ups where they were measured, time lines and conflicts.
  public mutating func add(_ studies: [BlockStudy]) {
    let scaling = ScalingReport(studies.compactMap(\.scaling))
    if !scaling.entries.isEmpty { scaling.add(to: &self) }
    if !studies.isEmpty { addTimelines(studies) }
    ConflictReport(studies).add(to: &self)
  }

  private mutating func addTimelines(_ studies: [BlockStudy]) {
    heading("Time line of the workers")
    paragraph(
      "Simulated, with \(Self.drawnWorkers) workers, from the first transaction to the last: what each "
        + "was doing when. Of long blocks a stretch in the middle is shown.")
    let longest = studies.sorted { $0.profile.nanoseconds > $1.profile.nanoseconds }
    for study in longest.prefix(Self.shownTimelines) {
      let run = study.profile.simulate(
        cores: Self.drawnWorkers, costs: study.costs, recordsTimeline: true)
      let chart = TimelineChart(title: study.name, run.timeline).svg()
      if studies.count == 1 { charts([chart]) } else { details(study.name, chart) }
    }
  }
}

extension ConflictReport {
  /// A report about the blocks of these studies.
  public init(_ studies: [BlockStudy]) {
    self.init(studies.map { Entry(name: $0.name, profile: $0.profile) })
  }
}

// What workers did, one row for each.

public import Execution

/// A chart of a block's timeline. Of a long one it shows the stretch in the middle that holds as many
/// tasks as can be told apart.
public struct TimelineChart: Sendable {
  /// How many tasks are drawn at most.
  private static let shownSpans = 700

  private let title: String
  private let timeline: BlockTimeline
  private let range: ClosedRange<Double>

  /// A chart of what `timeline` holds.
  public init(title: String, _ timeline: BlockTimeline) {
    self.title = title
    self.timeline = timeline
    let ends = timeline.workers.flatMap { $0.map(\.end) }.sorted()
    if ends.count <= Self.shownSpans {
      range = 0...(ends.last ?? 0)
    } else {
      let first = (ends.count - Self.shownSpans) / 2
      range = ends[first]...ends[first + Self.shownSpans - 1]
    }
  }

  /// The share of the workers' time that each activity took, and what is left.
  private var shares: [(name: String, classes: String, share: Double)] {
    var times: [BlockTimeline.Activity: Double] = [:]
    for span in timeline.workers.lazy.flatMap({ $0 }) {
      times[span.activity, default: 0] += span.end - span.start
    }
    let all = timeline.end * Double(timeline.workers.count)
    var shares = BlockTimeline.Activity.allCases.map { activity in
      (Self.name(of: activity), Self.classes(of: activity), (times[activity] ?? 0) / max(all, 1))
    }
    shares.append(("idle", "rule", max(1 - shares.reduce(0) { $0 + $1.2 }, 0)))
    return shares
  }

  /// The chart as SVG.
  public func svg(width: Double = 960) -> Markup {
    let rowHeight = timeline.workers.count > 16 ? 10.0 : 20.0
    let bottom = 44 + Double(timeline.workers.count) * rowHeight
    let shares = shares
    let summary = shares.map { "\($0.name) \(Figures.percent($0.share))" }
    var canvas = ChartCanvas(
      title: title,
      description: "Share of the workers' time: \(summary.joined(separator: ", ")).",
      width: width, height: bottom + 64)
    let length = max(range.upperBound - range.lowerBound, 1)
    let scale = ChartScale(.exact, values: [length], from: 44, to: width - 16)
    for (row, spans) in timeline.workers.enumerated() {
      let top = 34 + Double(row) * rowHeight
      canvas.text("\(row + 1)", x: 36, y: top + rowHeight - 3, anchor: "end", classes: "faint")
      for span in spans where span.end > range.lowerBound && span.start < range.upperBound {
        draw(span, on: &canvas, scale, top: top, height: rowHeight - 3)
      }
    }
    canvas.line(from: (44, bottom - 4), to: (width - 16, bottom - 4), classes: "axis")
    for mark in scale.marks {
      canvas.line(from: (scale(mark), bottom - 4), to: (scale(mark), bottom), classes: "axis")
      canvas.text(
        Figures.time(range.lowerBound + mark), x: scale(mark), y: bottom + 14,
        anchor: mark == 0 ? "start" : scale(mark) > width - 40 ? "end" : "middle",
        classes: "faint")
    }
    canvas.legend(
      zip(shares, summary).filter { $0.0.name != "idle" || $0.0.share > 0 }.map {
        .init(classes: $0.0.classes, isLine: false, label: $0.1)
      }, x: 44, y: bottom + 38)
    return canvas.svg
  }

  private func draw(
    _ span: BlockTimeline.Span, on canvas: inout ChartCanvas, _ scale: ChartScale, top: Double,
    height: Double
  ) {
    let start = max(span.start, range.lowerBound) - range.lowerBound
    let end = min(span.end, range.upperBound) - range.lowerBound
    let (left, right) = (scale(start), scale(end))
    // A hair of the page between two tasks tells them apart.
    let gap = right - left > 2 ? 0.5 : 0
    canvas.box(
      x: left, y: top, width: right - left - gap, height: height,
      classes: Self.classes(of: span.activity),
      hint: "\(Self.name(of: span.activity)) of transaction \(span.transaction), "
        + Figures.time(span.end - span.start))
  }

  private static func name(of activity: BlockTimeline.Activity) -> String {
    switch activity {
    case .execution: "execution"
    case .repetition: "repetition"
    case .commit: "commit"
    case .wait: "wait"
    }
  }

  private static func classes(of activity: BlockTimeline.Activity) -> String {
    switch activity {
    case .execution: "fill0"
    case .repetition: "fill1"
    case .commit: "fill2"
    case .wait: "fill4"
    }
  }
}

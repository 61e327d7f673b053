// Values over values, as lines and marks.

/// A chart of one or more series over one axis.
public struct LineChart: Sendable {
  /// How the horizontal axis is spread.
  public enum Axis: Sendable {
    /// Evenly from zero.
    case linear
    /// Each doubling as wide as the one before.
    case doubling
  }

  /// Points that belong together.
  public struct Series: Sendable {
    /// What the legend says.
    public var name: String
    /// The points, by rising x.
    public var points: [(x: Double, y: Double)]
    /// Whether the line is dashed.
    public var isDashed: Bool
    /// Which colour, from 0; they repeat after 6.
    public var color: Int

    /// What can be drawn.
    private static let range = 0...1e18

    /// A series; points that are negative, or beyond all measure, are left out.
    public init(
      _ name: String, _ points: [(x: Double, y: Double)], color: Int, isDashed: Bool = false
    ) {
      self.name = name
      self.points = points.filter { Self.range.contains($0.x) && Self.range.contains($0.y) }
      self.color = color
      self.isDashed = isDashed
    }
  }

  private let title: String
  private let labels: (x: String, y: String)
  private let axis: Axis
  private let series: [Series]
  private let limit: (name: String, value: Double)?

  /// A chart with these labels at its axes. `limit` is a value that no series can pass, drawn where it
  /// lies within the chart.
  public init(
    title: String, x: String, y: String, axis: Axis = .linear, series: [Series],
    limit: (name: String, value: Double)? = nil
  ) {
    self.title = title
    labels = (x, y)
    self.axis = axis
    self.series = series
    self.limit = limit
  }

  /// The chart as SVG, of this size and the height of its legend.
  public func svg(width: Double = 460, height: Double = 300) -> Markup {
    var keys = series.map { series in
      ChartCanvas.Key(classes: Self.classes(of: series), isLine: true, label: series.name)
    }
    if let limit { keys.append(.init(classes: "limit", isLine: true, label: limit.name)) }
    let legend = Double(ChartCanvas.legendLines(keys, width: width - 56)) * 18
    var canvas = ChartCanvas(
      title: title, description: description, width: width, height: height + legend)
    let points = series.flatMap(\.points)
    let across = ChartScale(
      axis == .linear ? .linear : .doubling, values: points.map(\.x), from: 52, to: width - 16)
    let up = ChartScale(.linear, values: points.map(\.y), from: height - 44, to: 48)
    drawAxes(on: &canvas, across, up, bottom: height - 44)
    if let limit, 0...(up.marks.last ?? 0) ~= limit.value {
      let y = up(limit.value)
      canvas.line(from: (52, y), to: (width - 16, y), classes: "limit")
    }
    for series in series { draw(series, on: &canvas, across, up) }
    canvas.legend(keys, x: 52, y: height + 8)
    return canvas.svg
  }

  private static func classes(of series: Series) -> String {
    "line stroke\(color(of: series))\(series.isDashed ? " dashed" : "")"
  }

  private static func color(of series: Series) -> Int {
    max(series.color, 0) % StyleSheet.seriesCount
  }

  /// The values, for those who do not see the chart.
  private var description: String {
    series.map { series in
      let values = series.points.map { "\($0.x.mark): \($0.y.mark)" }
      return "\(series.name): \(values.joined(separator: ", "))"
    }.joined(separator: ". ")
  }

  private func drawAxes(
    on canvas: inout ChartCanvas, _ across: ChartScale, _ up: ChartScale, bottom: Double
  ) {
    let right = canvas.width - 16
    for mark in up.marks {
      canvas.line(from: (52, up(mark)), to: (right, up(mark)), classes: "rule")
      canvas.text(mark.mark, x: 46, y: up(mark) + 4, anchor: "end", classes: "faint")
    }
    for mark in across.marks {
      canvas.line(from: (across(mark), bottom), to: (across(mark), bottom + 4), classes: "axis")
      canvas.text(mark.mark, x: across(mark), y: bottom + 18, anchor: "middle", classes: "faint")
    }
    canvas.line(from: (52, bottom), to: (right, bottom), classes: "axis")
    canvas.text(labels.y, x: 4, y: 36, classes: "faint")
    canvas.text(labels.x, x: right, y: bottom + 34, anchor: "end", classes: "faint")
  }

  private func draw(
    _ series: Series, on canvas: inout ChartCanvas, _ across: ChartScale, _ up: ChartScale
  ) {
    let path = series.points.enumerated().map { index, point in
      "\(index == 0 ? "M" : "L")\(across(point.x).place) \(up(point.y).place)"
    }.joined()
    if series.points.count > 1 { canvas.path(path, classes: Self.classes(of: series)) }
    for point in series.points {
      canvas.disc(
        x: across(point.x), y: up(point.y), radius: 3.5, classes: "fill\(Self.color(of: series))",
        hint: "\(series.name), \(labels.x) \(point.x.mark): \(Figures.significant(point.y))")
    }
  }
}

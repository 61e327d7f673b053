// The frame of every chart: title, description, and a legend.

/// An SVG in the making, with what screen readers say of it.
struct ChartCanvas {
  /// What the legend says of one kind of line or box.
  struct Key {
    /// The classes of its mark.
    let classes: String
    /// Whether the mark is a line, not a box.
    let isLine: Bool
    let label: String
  }

  /// About how wide a character is, in units of the drawing.
  static let characterWidth = 6.6

  private var content = Markup()
  private let title: String
  private let description: String
  let width: Double
  let height: Double

  /// A canvas of this size, of which the upper 30 units belong to the title.
  init(title: String, description: String, width: Double, height: Double) {
    self.title = title
    self.description = description
    self.width = width
    self.height = height
    text(title, x: 4, y: 16, classes: "title")
  }

  /// The drawing.
  var svg: Markup {
    var svg = Markup()
    svg.element(
      "svg",
      [
        "xmlns": "http://www.w3.org/2000/svg", "role": "img", "width": width.place,
        "height": height.place, "viewBox": "0 0 \(width.place) \(height.place)",
      ]
    ) { body in
      body.element("title", text: title)
      body.element("desc", text: description)
      body.append(content)
    }
    return svg
  }

  /// Draws a straight line.
  mutating func line(
    from start: (x: Double, y: Double), to end: (x: Double, y: Double), classes: String
  ) {
    content.empty(
      "line",
      [
        "class": classes, "x1": start.x.place, "y1": start.y.place, "x2": end.x.place,
        "y2": end.y.place,
      ])
  }

  /// Draws a path.
  mutating func path(_ path: String, classes: String) {
    content.empty("path", ["class": classes, "d": path])
  }

  /// Draws a box, with what is said of it when it is pointed at.
  mutating func box(
    x: Double, y: Double, width: Double, height: Double, classes: String, hint: String? = nil
  ) {
    content.element(
      "rect",
      [
        "class": classes, "x": x.place, "y": y.place, "width": max(width, 0.1).place,
        "height": height.place,
      ]
    ) { if let hint { $0.element("title", text: hint) } }
  }

  /// Draws a disc, with what is said of it when it is pointed at.
  mutating func disc(x: Double, y: Double, radius: Double, classes: String, hint: String) {
    content.element(
      "circle", ["class": classes, "cx": x.place, "cy": y.place, "r": radius.place]
    ) { $0.element("title", text: hint) }
  }

  /// Writes text.
  mutating func text(
    _ text: String, x: Double, y: Double, anchor: String = "start", classes: String = ""
  ) {
    content.element(
      "text", ["class": classes, "x": x.place, "y": y.place, "text-anchor": anchor], text: text)
  }

  /// Writes a legend in one line, or in as many as it needs, from (`x`, `y`) on.
  mutating func legend(_ keys: [Key], x: Double, y: Double) {
    var (left, top) = (x, y)
    for key in keys {
      let width = 34 + Double(key.label.count) * Self.characterWidth
      if left > x && left + width > self.width { (left, top) = (x, top + 18) }
      if key.isLine {
        line(from: (left, top - 4), to: (left + 20, top - 4), classes: key.classes)
      } else {
        box(x: left, y: top - 10, width: 12, height: 12, classes: key.classes)
      }
      text(key.label, x: left + (key.isLine ? 25 : 17), y: top)
      left += width
    }
  }

  /// How many lines a legend of these keys takes.
  static func legendLines(_ keys: [Key], width: Double) -> Int {
    var (lines, left) = (1, 0.0)
    for key in keys {
      let keyWidth = 34 + Double(key.label.count) * characterWidth
      if left > 0 && left + keyWidth > width { (lines, left) = (lines + 1, 0) }
      left += keyWidth
    }
    return lines
  }
}

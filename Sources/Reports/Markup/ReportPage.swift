// A report as one HTML file that needs nothing else.

/// A page of sections with text, tables and charts, readable in light and dark, on paper, and without
/// scripts.
public struct ReportPage: Sendable {
  private let title: String
  private let lead: String
  private var body = Markup()

  /// A page under this title, with a paragraph that says what it is about.
  public init(title: String, lead: String) {
    self.title = title
    self.lead = lead
  }

  /// Begins a section.
  public mutating func heading(_ text: String) {
    body.breakLine()
    body.element("h2", text: text)
  }

  /// Begins a part of a section.
  public mutating func subheading(_ text: String) {
    body.breakLine()
    body.element("h3", text: text)
  }

  /// Adds a paragraph.
  public mutating func paragraph(_ text: String) { body.element("p", text: text) }

  /// Adds a table; headings that begin with `>` are aligned right, as their columns.
  public mutating func table(_ headings: [String], _ rows: [[String]]) {
    let classes = headings.map { $0.hasPrefix(">") ? "number" : "text" }
    body.element("div", ["class": "scroll"]) { box in
      box.element("table") { table in
        table.element("thead") { head in
          head.element("tr") { row in
            for (heading, name) in zip(headings, classes) {
              let label = heading.hasPrefix(">") ? String(heading.dropFirst()) : heading
              row.element("th", ["class": name, "scope": "col"], text: label)
            }
          }
        }
        table.element("tbody") { tableBody in
          for cells in rows {
            tableBody.breakLine()
            tableBody.element("tr") { row in
              for (cell, name) in zip(cells, classes) {
                row.element("td", ["class": name], text: cell)
              }
            }
          }
        }
      }
    }
  }

  /// Adds charts beside each other, as far as there is room.
  public mutating func charts(_ charts: [Markup]) {
    body.element("div", ["class": charts.count > 1 ? "grid" : "scroll"]) { box in
      for chart in charts {
        box.breakLine()
        box.element("figure") { $0.append(chart) }
      }
    }
  }

  /// Adds what can be opened by whoever wants to see it.
  public mutating func details(_ summary: String, _ chart: Markup) {
    body.breakLine()
    body.element("details") { details in
      details.element("summary", text: summary)
      details.element("div", ["class": "scroll"]) { $0.append(chart) }
    }
  }

  /// The file.
  public var html: String {
    var page = Markup()
    page.element("html", ["lang": "en"]) { html in
      html.element("head") { head in
        head.empty("meta", ["charset": "utf-8"])
        head.empty("meta", ["name": "viewport", "content": "width=device-width, initial-scale=1"])
        head.element("title", text: title)
        head.style(StyleSheet.rules)
      }
      html.element("body") { content in
        content.element("main") { main in
          main.element("h1", text: title)
          main.element("p", ["class": "lead"], text: lead)
          main.append(body)
        }
      }
    }
    return "<!DOCTYPE html>\n" + page.source + "\n"
  }
}

// Pages and charts: whatever the names, the page stays a page.

import Primitives
import Reports
import Testing

@Suite struct MarkupTests {
  @Test func textIsNoMarkup() {
    var markup = Markup()
    markup.element("p", ["title": "\"><script>x</script>"], text: "a<b & 'c'\u{0}\u{1b}[2J")
    #expect(
      markup.source
        == "<p title=\"&quot;&gt;&lt;script&gt;x&lt;/script&gt;\">"
        + "a&lt;b &amp; &#39;c&#39;\u{fffd}\u{fffd}[2J</p>")
  }

  @Test func aPageNeedsNothingElse() {
    var page = ReportPage(title: "</title><script>", lead: "<img src=x onerror=y>")
    page.heading("<h1>")
    page.table(["name", ">value"], [["<td>", "1"]])
    page.details("<b>", Markup())
    let html = page.html
    for forbidden in ["<script", "<img", "<b>", "http:", "https:", "url(", "@import", "<td><td>"] {
      #expect(!html.contains(forbidden))
    }
    #expect(html.hasPrefix("<!DOCTYPE html>\n<html lang=\"en\">"))
    #expect(html.contains("prefers-color-scheme: dark"))
    #expect(html.contains("<td class=\"number\">1</td>"))
  }

  @Test func figuresHaveThreeDigits() {
    #expect(Figures.time(870.4) == "870 ns")
    #expect(Figures.time(999.7) == "1.00 µs")
    #expect(Figures.time(1430) == "1.43 µs")
    #expect(Figures.time(12_140_000) == "12.1 ms")
    #expect(Figures.time(3_200_000_000) == "3.20 s")
    #expect(Figures.time(.nan) == "–")
    #expect(Figures.times(1.873) == "1.87×")
    #expect(Figures.percent(0.1234) == "12.3 %")
    #expect(Figures.selector(0xa9) == "0x000000a9")
    #expect(Figures.selector(nil) == "–")
  }
}

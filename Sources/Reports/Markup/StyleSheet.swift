// How reports look, in light and dark.

/// The one style sheet. Charts name their colours by class; the eight of them are told apart by people
/// who see few colours, and lines differ in dash and mark as well (after Okabe and Ito, "Color
/// Universal Design", 2008).
enum StyleSheet {
  /// How many colours there are for series, in the classes `series0`, `series1`, ….
  static let seriesCount = 6

  static let rules = """
    :root {
      color-scheme: light dark;
      --page: #ffffff; --ink: #1b1f24; --faint: #57606a; --line: #d0d7de; --panel: #f6f8fa;
      --c0: #0072b2; --c1: #d55e00; --c2: #00805e; --c3: #a8437f; --c4: #8a6100; --c5: #4b4b9f;
    }
    @media (prefers-color-scheme: dark) {
      :root {
        --page: #0d1117; --ink: #e6edf3; --faint: #9da7b3; --line: #3d444d; --panel: #161b22;
        --c0: #56b4e9; --c1: #f08c3a; --c2: #35c79b; --c3: #e592c0; --c4: #e8c33d; --c5: #a9a6ff;
      }
    }
    body { margin: 0; background: var(--page); color: var(--ink);
      font: 16px/1.5 system-ui, sans-serif; }
    main { max-width: 72rem; margin: 0 auto; padding: 1.5rem; }
    h1 { font-size: 1.7rem; margin: 0 0 .5rem; } h2 { font-size: 1.3rem; margin: 2.2rem 0 .5rem; }
    h3 { font-size: 1.05rem; margin: 1.4rem 0 .4rem; } p { max-width: 60rem; margin: .4rem 0; }
    .lead { color: var(--faint); }
    .scroll { overflow-x: auto; } figure { margin: .6rem 0; }
    .grid { display: grid; grid-template-columns: repeat(auto-fit, minmax(22rem, 1fr)); gap: 1rem; }
    table { border-collapse: collapse; font-size: .88rem; margin: .6rem 0; }
    th, td { padding: .25rem .7rem; border-bottom: 1px solid var(--line); white-space: nowrap; }
    th { color: var(--faint); font-weight: 600; } .text { text-align: left; }
    .number { text-align: right; font-variant-numeric: tabular-nums; }
    details { border: 1px solid var(--line); border-radius: 6px; padding: .4rem .8rem; margin: .4rem 0; }
    summary { cursor: pointer; }
    svg { max-width: none; } .grid svg { width: 100%; height: auto; }
    svg text { fill: var(--ink); font: 12px system-ui, sans-serif; }
    svg .title { font-weight: 600; font-size: 14px; } svg .faint { fill: var(--faint); }
    .axis { stroke: var(--faint); fill: none; } .rule { stroke: var(--line); fill: none; }
    .limit { stroke: var(--faint); fill: none; stroke-dasharray: 2 4; }
    .edge { stroke: var(--faint); fill: none; opacity: .55; }
    .critical { stroke: var(--c1); fill: none; stroke-width: 2.2; }
    .node { fill: var(--c0); stroke: var(--page); } .hot { fill: var(--c1); stroke: var(--page); }
    .line { fill: none; stroke-width: 2; } .dashed { stroke-dasharray: 6 4; }
    .stroke0 { stroke: var(--c0); } .stroke1 { stroke: var(--c1); } .stroke2 { stroke: var(--c2); }
    .stroke3 { stroke: var(--c3); } .stroke4 { stroke: var(--c4); } .stroke5 { stroke: var(--c5); }
    .fill0 { fill: var(--c0); } .fill1 { fill: var(--c1); } .fill2 { fill: var(--c2); }
    .fill3 { fill: var(--c3); } .fill4 { fill: var(--c4); } .fill5 { fill: var(--c5); }
    """
}

/// The one stylesheet of the site: light and dark, from narrow to wide, and on paper.
let stylesheet = """
    :root {
      color-scheme: light dark;
      --paper: #fdfcf9; --ink: #1d2430; --faint: #5b6472; --line: #d9d5cb; --card: #f4f1ea;
      --good: #1d6b40; --bad: #a4262c; --accent: #1f4e8c; --database: #7a4b00; --visitor: #e4ecf7; --server: #e7f1e6;
    }
    @media (prefers-color-scheme: dark) {
      :root {
        --paper: #14171c; --ink: #e6e4de; --faint: #a3a9b3; --line: #363c46; --card: #1d2229;
        --good: #7fd2a0; --bad: #ff9c94; --accent: #9ec3ff; --database: #f0bd72; --visitor: #22304a; --server: #20352a;
      }
    }
    * { box-sizing: border-box; }
    body { margin: 0 auto; max-width: 62rem; padding: 1.5rem 1rem 4rem; background: var(--paper); color: var(--ink);
      font: 1.05rem/1.6 system-ui, sans-serif; overflow-wrap: break-word; }
    p, li, figcaption { max-width: 44rem; }
    .steps > li { max-width: none; }
    h1 { font-size: 1.9rem; line-height: 1.2; margin: 1rem 0 .75rem; }
    h2 { font-size: 1.3rem; margin: 2.2rem 0 .5rem; }
    a { color: var(--accent); }
    a:focus-visible, summary:focus-visible, [tabindex]:focus-visible { outline: 3px solid var(--accent); outline-offset: 2px; }
    nav { display: flex; flex-wrap: wrap; gap: .25rem 1.25rem; justify-content: space-between; font-size: .95rem; }
    .number { color: var(--faint); }
    .idea { font-size: 1.2rem; }
    .verdict { color: var(--faint); }
    .good { color: var(--good); font-weight: 600; }
    .bad { color: var(--bad); font-weight: 600; }
    .lessons { padding-left: 1.6rem; }
    .lessons h2 { margin: 1.6rem 0 .2rem; }
    .lessons p { margin: .2rem 0; }
    .steps { list-style: none; counter-reset: step; padding: 0; }
    .steps > li { counter-increment: step; position: relative; border-left: 2px solid var(--line);
      margin-left: .8rem; padding: 0 0 1.2rem 1.4rem; }
    .steps > li::before { content: counter(step); position: absolute; left: -.95rem; top: 0; width: 1.8rem; height: 1.8rem;
      border-radius: 50%; background: var(--accent); color: var(--paper); text-align: center; font-size: .9rem;
      line-height: 1.8rem; font-weight: 600; }
    .said { margin: 0 0 .5rem; }
    .held { margin: .35rem 0; }
    .exchange { margin: .35rem 0; }
    summary { cursor: pointer; }
    pre { background: var(--card); border: 1px solid var(--line); border-radius: .5rem; padding: .7rem .9rem; margin: .4rem 0;
      font: .85rem/1.5 ui-monospace, monospace; white-space: pre-wrap; overflow-wrap: anywhere; }
    code { font: .9em ui-monospace, monospace; }
    figure { margin: .6rem 0; }
    figcaption, caption { color: var(--faint); font-size: .9rem; text-align: left; }
    caption { white-space: nowrap; }
    .table { overflow-x: auto; }
    table { border-collapse: collapse; margin: .6rem 0; }
    th, td { border-bottom: 1px solid var(--line); padding: .3rem .8rem .3rem 0; text-align: left; vertical-align: top; }
    .diagram { overflow-x: auto; border: 1px solid var(--line); border-radius: .5rem; padding: .5rem; }
    svg { display: block; max-width: 100%; min-width: 40rem; height: auto; font: 12px system-ui, sans-serif; }
    svg text { fill: var(--ink); text-anchor: middle; }
    svg .lane { stroke: var(--line); stroke-width: 2; }
    svg .head { stroke: var(--line); fill: var(--card); }
    svg .visitor { fill: var(--visitor); }
    svg .server { fill: var(--server); }
    svg .name { font-weight: 600; font-size: 13px; }
    svg .label { paint-order: stroke; stroke: var(--paper); stroke-width: 4px; }
    svg .cookie { fill: var(--accent); }
    svg .arrow { fill: none; stroke-width: 1.6; stroke: var(--ink); }
    svg .point { fill: var(--ink); }
    svg .arrow.good { stroke: var(--good); stroke-dasharray: 5 4; }
    svg .point.good { fill: var(--good); }
    svg .arrow.bad { stroke: var(--bad); stroke-dasharray: 5 4; }
    svg .point.bad { fill: var(--bad); }
    svg .arrow.database { stroke: var(--database); }
    svg .point.database { fill: var(--database); }
    svg line.step { stroke: var(--line); stroke-dasharray: 2 4; }
    svg circle.step { fill: var(--accent); }
    svg text.step { fill: var(--paper); font-weight: 600; }
    @media print { body { max-width: none; } details > pre { display: block; } }

    """

/** The style sheet of all pages. Its digest is in the header that permits it. */
export const STYLE = `
:root { color-scheme: light dark; --text: #1f2328; --quiet: #57606a; --ground: #ffffff; --raised: #f6f8fa;
  --line: #d0d7de; --link: #0550ae; --deny: #b3261e; --warn: #7d4e00; --info: #57606a; --pass: #116329; --mark: #fff1b8; }
@media (prefers-color-scheme: dark) { :root { --text: #e6edf3; --quiet: #a3adb8; --ground: #0d1117; --raised: #161b22;
  --line: #30363d; --link: #79c0ff; --deny: #ff9d95; --warn: #f0c056; --info: #a3adb8; --pass: #6fdd8b; --mark: #5c4a00; } }
* { box-sizing: border-box; }
html { -webkit-text-size-adjust: 100%; }
body { margin: 0 auto; padding: 1.5rem 1rem 3rem; max-width: 62rem; background: var(--ground); color: var(--text);
  font: 16px/1.5 system-ui, -apple-system, "Segoe UI", Roboto, "Helvetica Neue", Arial, sans-serif; overflow-wrap: anywhere; }
a { color: var(--link); text-underline-offset: 0.15em; }
a:focus-visible, summary:focus-visible, .wide:focus-visible { outline: 2px solid var(--link); outline-offset: 2px; border-radius: 3px; }
code, pre { font-family: ui-monospace, SFMono-Regular, Menlo, Consolas, "Liberation Mono", monospace; font-size: 0.875em; }
h1 { margin: 0.25rem 0 0.5rem; font-size: 1.5rem; line-height: 1.3; }
h2 { margin: 2.25rem 0 0.75rem; padding-bottom: 0.35rem; border-bottom: 1px solid var(--line); font-size: 1.2rem; line-height: 1.35; }
h3 { margin: 0; font-size: 1rem; }
p { margin: 0.5rem 0; }
ul { margin: 0.5rem 0; padding-left: 1.25rem; }
.from, .check, .scope, .id, .note, .left-out, footer { color: var(--quiet); }
.from, .check, .scope, .note, .left-out, footer { font-size: 0.9rem; }
.check, .id, .from { margin: 0; }
.verdict, .level { display: inline-block; padding: 0 0.5em; border: 1px solid currentcolor; border-radius: 999px;
  font-size: 0.8rem; font-weight: 600; line-height: 1.5; vertical-align: 0.1em; white-space: nowrap; }
h1 .verdict { vertical-align: 0.2em; }
.deny { color: var(--deny); } .warn { color: var(--warn); } .info { color: var(--info); } .pass { color: var(--pass); }
.numbers { display: flex; flex-wrap: wrap; gap: 0.25rem 1.25rem; margin: 1rem 0 0.25rem; padding: 0; list-style: none; }
.numbers strong { font-size: 1.25rem; }
.note-line { padding-left: 0.75rem; border-left: 3px solid var(--line); white-space: pre-wrap; }
.count { color: var(--quiet); font-size: 0.85em; font-weight: 400; white-space: nowrap; }
.policy { margin: 0.75rem 0; padding: 0.75rem 1rem; border: 1px solid var(--line); border-radius: 6px; }
.cause { margin-top: 0.75rem; padding-top: 0.75rem; border-top: 1px solid var(--line); }
.policy > .cause:first-child { margin-top: 0; padding-top: 0; border-top: 0; }
.message, .help { white-space: pre-wrap; }
.help { font-size: 0.95rem; }
.places, .reasons { padding: 0; list-style: none; }
.places > li { padding: 0.25rem 0; }
.reasons > li { padding: 0.5rem 0; }
.note { display: block; }
.object { color: var(--text); }
pre { margin: 0.35rem 0; padding: 0.5rem 0.75rem; overflow-x: auto; background: var(--raised); border-radius: 6px; line-height: 1.45; }
.number { display: inline-block; min-width: 2.5em; padding-right: 1em; color: var(--quiet); user-select: none; }
mark { background: var(--mark); color: inherit; border-radius: 2px; }
.wide { overflow-x: auto; }
table { border-collapse: collapse; font-size: 0.9rem; }
caption { padding-bottom: 0.5rem; color: var(--quiet); text-align: left; }
th, td { padding: 0.35rem 0.6rem; border: 1px solid var(--line); text-align: left; vertical-align: top; overflow-wrap: normal; min-width: 5rem; }
thead th { background: var(--raised); }
summary { cursor: pointer; }
summary h2 { display: inline-block; margin-bottom: 0; border: 0; }
section:has(> details) { border-bottom: 1px solid var(--line); padding-bottom: 0.5rem; }
section:has(> details) h2 { margin-top: 0.75rem; font-size: 1.05rem; }
footer { margin-top: 2.5rem; }
button { padding: 0.5rem 1rem; font: inherit; font-weight: 600; cursor: pointer; }
details > pre { white-space: pre-wrap; }
@media (max-width: 40rem) { .policy { padding: 0.6rem 0.75rem; } h1 { font-size: 1.3rem; } }
@media print { body { max-width: none; padding: 0; font-size: 11pt; } a { color: inherit; }
  details::details-content { content-visibility: visible; height: auto; } .policy { break-inside: auto; } h2, h3 { break-after: avoid; } }
`;

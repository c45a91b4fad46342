// Package design is the design system: tokens and style (static/maru.css), the
// one small script (static/maru.js), the layout and partials in html/template,
// icons, and the words they use themselves. platform/web serves and renders
// them; docs/design-system.md lists every partial with its arguments.
//
// Everything works without the script and without a web font, holds at 320 px,
// in high contrast, in forced colours and on paper.
package design

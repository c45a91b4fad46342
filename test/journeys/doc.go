// Package journeys goes through Maru as people do: in a browser, from the
// first sentence on the home page to the decision and the document, and as the
// officials who decide. Every page on the way is held to what every page must
// be: no finding of the accessibility checker, nothing sideways at 320 pixels,
// no word on the console, nothing from elsewhere. At the end each row of the
// route table must have been seen.
//
// The journeys need Chromium and the accessibility checker axe-core, which
// make deps fetches. MARU_SHOTS names a folder for pictures of the pages.
package journeys

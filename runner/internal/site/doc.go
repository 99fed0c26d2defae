// Package site serves the functions of a manifest: it turns their code into
// loaded functions, and knows them, their HTTP triggers and their custom
// domains for package front.
//
//	manifest.Function ── source ──► loader ──► runner.Function   (front.Function)
//	                    what the      wasm, Go source,
//	                    code is       native programs
//
// [Site.Apply] may be called again with a changed manifest. Functions that did
// not change stay as they are, with their instances; the others are loaded
// beside those they replace, and requests go from one to the other without
// being dropped.
package site

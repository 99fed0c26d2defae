// Package certificate keeps the certificates of a TLS server: a [Store] picks one
// by the name that a client asks for, a [Reloader] fills it from files and follows
// their changes.
//
//	files ──fsnotify──► Reloader ──►┐
//	custom domains' certConfig ────►│ Store ──► tls.Config.GetCertificate
//
// Certificates change while connections are open: those keep the one they began
// with, new ones get the new one. A certificate that cannot be used never
// replaces one that can.
package certificate

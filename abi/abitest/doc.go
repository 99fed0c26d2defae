// Package abitest holds golden vectors for the frames of package abi: bytes,
// what they decode to, and for broken ones the exact error. Tests on the host
// and inside a guest run the same vectors, so neither side can drift.
//
// testdata/vectors.json has them for guests in other languages. Each vector is
// an object:
//
//	name    unique
//	frame   request, boot-request, boot-info, http-head or error
//	hex     the bytes
//	value   what they decode to; fields that are zero or empty are left out,
//	        bytes are base64
//	oneWay  true when the codec would write the value with other bytes
//	error   what package abi says, when the bytes are no valid frame
//
// The bytes are written by hand, not made by the codec under test.
package abitest

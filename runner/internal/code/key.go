package code

import (
	"crypto/sha256"
	"encoding/hex"
)

// Key names a module as it was handed in, before rewriting.
type Key [sha256.Size]byte

// KeyOf hashes a module.
func KeyOf(bin []byte) Key { return sha256.Sum256(bin) }

// String returns the key in hexadecimal.
func (k Key) String() string { return hex.EncodeToString(k[:]) }

// Digest names a rewritten module, and so its machine code. Modules that
// differ only in what rewriting takes out, i.e. data and custom sections,
// have one digest and share their code.
type Digest [sha256.Size]byte

// String returns the digest in hexadecimal.
func (d Digest) String() string { return hex.EncodeToString(d[:]) }

// MarshalText makes digests readable in manifests.
func (d Digest) MarshalText() ([]byte, error) { return []byte(d.String()), nil }

// UnmarshalText is the reverse of MarshalText.
func (d *Digest) UnmarshalText(text []byte) error {
	if len(text) != hex.EncodedLen(len(d)) {
		return hex.ErrLength
	}
	_, err := hex.Decode(d[:], text)
	return err
}

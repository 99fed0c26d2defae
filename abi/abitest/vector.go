package abitest

import (
	"encoding/hex"
	"strings"

	"github.com/wafer-run/wafer/abi"
)

// Frame says which decoder the bytes of a vector are for.
type Frame string

const (
	FrameRequest     Frame = "request"
	FrameBootRequest Frame = "boot-request"
	FrameBootInfo    Frame = "boot-info"
	FrameHTTPHead    Frame = "http-head"
	FrameError       Frame = "error"
)

// Value is what every frame type of package abi can do.
type Value interface {
	AppendTo(b []byte) []byte
	Decode(frame []byte) error
}

// New returns an empty value to decode a frame of type f into. It panics when
// there is no such frame.
func (f Frame) New() Value {
	switch f {
	case FrameRequest:
		return new(abi.Request)
	case FrameBootRequest:
		return new(abi.BootRequest)
	case FrameBootInfo:
		return new(abi.BootInfo)
	case FrameHTTPHead:
		return new(abi.HTTPHead)
	case FrameError:
		return new(abi.Error)
	}
	panic("abitest: no frame " + string(f))
}

// Vector is one frame and what a decoder must make of it.
type Vector struct {
	Name  string
	Frame Frame
	Hex   string // the frame; spaces are for the eye
	Value Value  // what it decodes to; nil when Error is set
	// OneWay says that the codec writes Value with other bytes: fields in
	// another order, fields left out, flags not set.
	OneWay bool
	Error  string // exact text of the decoder's error; empty for a valid frame
}

// Bytes returns the frame. It panics when Hex is not hexadecimal.
func (v Vector) Bytes() []byte {
	b, err := hex.DecodeString(strings.ReplaceAll(v.Hex, " ", ""))
	if err != nil {
		panic("abitest: vector " + v.Name + ": " + err.Error())
	}
	return b
}

// Vectors returns all vectors, valid ones first. Every call makes new ones.
func Vectors() []Vector {
	var all []Vector
	all = append(all, requests()...)
	all = append(all, answers()...)
	all = append(all, brokenRequests()...)
	return append(all, brokenAnswers()...)
}

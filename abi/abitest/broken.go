package abitest

// brokenRequests are frames a decoder of requests must refuse. Sizes near 2^31
// and 2^32 are there because sums of them wrap.
func brokenRequests() []Vector {
	const id = "0100 0000 01000000 72" // 9 bytes
	return broken(FrameRequest, "request", []fault{
		{"header of 1 byte", "01", "field 0 at byte 0: header needs 8 bytes, 1 left"},
		{"header of 7 bytes behind a field", id + "0200 0000 080000", "field 0 at byte 9: header needs 8 bytes, 7 left"},
		{"value cut off", id + "0400 0000 05000000 68656c6c", "field 4 at byte 9: value needs 5 bytes, 4 left"},
		{"value missing", "0400 0000 01000000", "field 4 at byte 0: value needs 1 bytes, 0 left"},
		{"value of 2^32-1 bytes", "0400 0000 ffffffff 68", "field 4 at byte 0: value needs 4294967295 bytes, 1 left"},
		{"value of 2^32-8 bytes", id + "0400 0000 f8ffffff 68", "field 4 at byte 9: value needs 4294967288 bytes, 1 left"},
		{"value of 2^31 bytes", "0400 0000 00000080 68", "field 4 at byte 0: value needs 2147483648 bytes, 1 left"},
		{"value of 2^31-8 bytes", "0400 0000 f8ffff7f 68", "field 4 at byte 0: value needs 2147483640 bytes, 1 left"},
		{"unknown field cut off", "ffff 0000 01000000", "field 65535 at byte 0: value needs 1 bytes, 0 left"},
		{"u32 of 0 bytes", "0300 0000 00000000", "field 3 at byte 0: integer needs 4 bytes, has 0"},
		{"u32 of 3 bytes", id + "0600 0000 03000000 000000", "field 6 at byte 9: integer needs 4 bytes, has 3"},
		{"u32 of 8 bytes", "0e00 0000 08000000 0000000000000000", "field 14 at byte 0: integer needs 4 bytes, has 8"},
		{"u64 of 4 bytes", "0200 0000 04000000 00000000", "field 2 at byte 0: integer needs 8 bytes, has 4"},
		{"pair of 3 bytes", "2600 0000 03000000 000000", "field 38 at byte 0: pair needs 4 bytes, has 3"},
		{"pair of 0 bytes", id + "1300 0000 00000000", "field 19 at byte 9: pair needs 4 bytes, has 0"},
		{"key longer than its pair", "2600 0000 06000000 03000000 4142", "field 38 at byte 0: key needs 3 bytes, 2 left"},
		{"key longer than its pair, inside the frame", "1300 0000 04000000 01000000" + id, "field 19 at byte 0: key needs 1 bytes, 0 left"},
		{"key of 2^32-1 bytes", "2600 0000 05000000 ffffffff 41", "field 38 at byte 0: key needs 4294967295 bytes, 1 left"},
		{"key of 2^32-4 bytes", "2600 0000 05000000 fcffffff 41", "field 38 at byte 0: key needs 4294967292 bytes, 1 left"},
		{"unknown field marked critical", id + "e703 0100 00000000", "field 999 at byte 9: unknown, but marked critical: the sender needs a newer reader"},
		{"unknown field with all flags", "e703 ffff 00000000", "field 999 at byte 0: unknown, but marked critical: the sender needs a newer reader"},
		{"field behind the body", "7f00 0000 01000000 62" + id, "field 127 at byte 0: the body must be the last field"},
		{"two bodies", id + "7f00 0000 00000000" + "7f00 0000 00000000", "field 127 at byte 9: the body must be the last field"},
		{"the first of two faults", "0300 0000 00000000" + "0200 0000 00000000", "field 3 at byte 0: integer needs 4 bytes, has 0"},
	})
}

// brokenAnswers are frames that the decoders of all other types must refuse.
func brokenAnswers() []Vector {
	var all []Vector
	all = append(all, broken(FrameBootRequest, "boot request", []fault{
		{"header cut off", "5000", "field 0 at byte 0: header needs 8 bytes, 2 left"},
		{"minor of 2 bytes", "5100 0000 02000000 0100", "field 81 at byte 0: integer needs 4 bytes, has 2"},
		{"features of 4 bytes", "5200 0000 04000000 01000000", "field 82 at byte 0: integer needs 8 bytes, has 4"},
		{"unknown field marked critical", "5300 0100 00000000", "field 83 at byte 0: unknown, but marked critical: the sender needs a newer reader"},
	})...)
	all = append(all, broken(FrameBootInfo, "boot info", []fault{
		{"value cut off", "5000 0000 ffffffff", "field 80 at byte 0: value needs 4294967295 bytes, 0 left"},
		{"minor of 5 bytes", "5100 0000 05000000 0000000000", "field 81 at byte 0: integer needs 4 bytes, has 5"},
		{"features of 9 bytes", "5200 0000 09000000 000000000000000000", "field 82 at byte 0: integer needs 8 bytes, has 9"},
		{"handles of 0 bytes", "5300 0000 00000000", "field 83 at byte 0: integer needs 4 bytes, has 0"},
		{"hooks of 1 byte", "5400 0000 01000000 01", "field 84 at byte 0: integer needs 4 bytes, has 1"},
		{"unknown field marked critical", "0100 0100 00000000", "field 1 at byte 0: unknown, but marked critical: the sender needs a newer reader"},
	})...)
	all = append(all, broken(FrameHTTPHead, "http-head", []fault{
		{"value cut off", "2600 0000 05000000 01000000", "field 38 at byte 0: value needs 5 bytes, 4 left"},
		{"status of 2 bytes", "2700 0000 02000000 c800", "field 39 at byte 0: integer needs 4 bytes, has 2"},
		{"body of 2^63-1 bytes", "2800 0000 08000000 ffffffffffffff7f", "field 40 at byte 0: body of 9223372036854775807 bytes"},
		{"body of 2^64-1 bytes", "2800 0000 08000000 ffffffffffffffff", "field 40 at byte 0: body of 18446744073709551615 bytes"},
		{"body size of 4 bytes", "2800 0000 04000000 00000000", "field 40 at byte 0: integer needs 8 bytes, has 4"},
		{"header of 3 bytes", "2700 0000 04000000 c8000000" + "2600 0000 03000000 000000", "field 38 at byte 12: pair needs 4 bytes, has 3"},
		{"key of 2^32-4 bytes", "2600 0000 04000000 fcffffff", "field 38 at byte 0: key needs 4294967292 bytes, 0 left"},
		{"unknown field marked critical", "7f00 0100 00000000", "field 127 at byte 0: unknown, but marked critical: the sender needs a newer reader"},
	})...)
	return append(all, broken(FrameError, "error", []fault{
		{"header cut off", "4000 0000 000000", "field 0 at byte 0: header needs 8 bytes, 7 left"},
		{"stack frame of 7 bytes", "4200 0000 07000000 00000000000000", "field 66 at byte 0: stack frame needs 8 bytes, has 7"},
		{"path longer than its stack frame", "4200 0000 09000000 01000000 02000000 61", "field 66 at byte 0: path needs 2 bytes, 1 left"},
		{"path of 2^32-8 bytes", "4200 0000 09000000 01000000 f8ffffff 61", "field 66 at byte 0: path needs 4294967288 bytes, 1 left"},
		{"unknown field marked critical", "4300 0100 00000000", "field 67 at byte 0: unknown, but marked critical: the sender needs a newer reader"},
	})...)
}

// fault is a broken frame without what all faults of a frame type share.
type fault struct{ name, hex, text string }

// broken makes vectors of faults. label is how the decoder calls the frame.
func broken(f Frame, label string, faults []fault) []Vector {
	all := make([]Vector, len(faults))
	for i, ft := range faults {
		all[i] = Vector{
			Name:  string(f) + ": " + ft.name,
			Frame: f,
			Hex:   ft.hex,
			Error: "abi: decoding " + label + " frame: " + ft.text,
		}
	}
	return all
}

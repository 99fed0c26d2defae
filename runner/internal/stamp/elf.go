package stamp

import (
	"bytes"
	"debug/elf"
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"io"
)

// ErrNotELF says that a file is no ELF file, the format of programs for Linux.
var ErrNotELF = errors.New("not an ELF file")

// AppendELF returns binary, a program, with the stamp as a section more: such
// sections are not loaded, and are what tools like readelf show.
//
//	[ program as it was, its header aside | stamp | section names | section table ]
//
// Like the built-in append, it may write into the spare capacity of binary, and
// it changes the header.
//
// # Errors
//
// [ErrNotELF], or what is wrong with the file.
func AppendELF(binary []byte, s Stamp) ([]byte, error) {
	header, err := elfHeaderOf(binary)
	if err != nil {
		return nil, err
	}
	text, err := json.Marshal(s)
	if err != nil { // strings and bools always encode
		return nil, fmt.Errorf("stamp: %w", err)
	}
	table, names, err := header.sections(binary)
	if err != nil {
		return nil, err
	}
	at := uint64(len(binary))
	name := uint64(len(names))
	names = append(append(names, Section...), 0)
	nameAt := at + uint64(len(text))
	tableAt := (nameAt + uint64(len(names)) + 7) &^ 7

	header.put(table, header.names, header.offset, nameAt)
	header.put(table, header.names, header.size, uint64(len(names)))
	entry := make([]byte, header.entry)
	header.order.PutUint32(entry, uint32(name))
	header.order.PutUint32(entry[4:], uint32(elf.SHT_PROGBITS))
	table = append(table, entry...)
	header.put(table, header.count, header.offset, at)
	header.put(table, header.count, header.size, uint64(len(text)))
	header.put(table, header.count, header.align, 1)

	binary = append(append(binary, text...), names...)
	binary = append(binary, make([]byte, tableAt-uint64(len(binary)))...)
	header.setTable(binary, tableAt, header.count+1)
	return append(binary, table...), nil
}

// ReadELF returns the stamp of a program.
//
// # Errors
//
// [ErrNotELF], [ErrNone] when there is no stamp, and the JSON error when it was
// tampered with.
func ReadELF(program io.ReaderAt) (Stamp, error) {
	var magic [4]byte
	if _, err := program.ReadAt(magic[:], 0); err != nil || string(magic[:]) != elf.ELFMAG {
		return Stamp{}, fmt.Errorf("stamp: %w", ErrNotELF)
	}
	file, err := elf.NewFile(program)
	if err != nil {
		return Stamp{}, fmt.Errorf("stamp: %w", err)
	}
	section := file.Section(Section)
	if section == nil {
		return Stamp{}, fmt.Errorf("stamp: %w", ErrNone)
	}
	text, err := section.Data()
	if err != nil {
		return Stamp{}, fmt.Errorf("stamp: reading section %s: %w", Section, err)
	}
	return decode(text)
}

// elfHeader is what there is to know about a file's sections, in either of the
// two sizes and byte orders there are.
type elfHeader struct {
	order binary.ByteOrder
	wide  bool   // 64 bits
	table uint64 // where the section table is
	entry int    // bytes of an entry
	count int    // of sections
	names int    // which section holds the names

	offset, size, align int // where these are in an entry
}

func elfHeaderOf(file []byte) (h elfHeader, err error) {
	if len(file) < elf.EI_NIDENT || string(file[:4]) != elf.ELFMAG {
		return h, fmt.Errorf("stamp: %w", ErrNotELF)
	}
	h.order = binary.LittleEndian
	if elf.Data(file[elf.EI_DATA]) == elf.ELFDATA2MSB {
		h.order = binary.BigEndian
	}
	switch elf.Class(file[elf.EI_CLASS]) {
	case elf.ELFCLASS64:
		var raw elf.Header64
		err = binary.Read(bytes.NewReader(file), h.order, &raw)
		h.wide, h.table = true, raw.Shoff
		h.entry, h.count, h.names = int(raw.Shentsize), int(raw.Shnum), int(raw.Shstrndx)
		h.offset, h.size, h.align = 24, 32, 48
	case elf.ELFCLASS32:
		var raw elf.Header32
		err = binary.Read(bytes.NewReader(file), h.order, &raw)
		h.table = uint64(raw.Shoff)
		h.entry, h.count, h.names = int(raw.Shentsize), int(raw.Shnum), int(raw.Shstrndx)
		h.offset, h.size, h.align = 16, 20, 32
	default:
		err = fmt.Errorf("class %d", file[elf.EI_CLASS])
	}
	if err != nil {
		return h, fmt.Errorf("stamp: reading the ELF header: %w", err)
	}
	if h.entry < h.align+8 || h.names >= h.count {
		return h, fmt.Errorf("stamp: the ELF header has %d sections of %d bytes, with names in section %d", h.count, h.entry, h.names)
	}
	return h, nil
}

// sections returns copies of the section table and of the sections' names.
func (h *elfHeader) sections(file []byte) (table, names []byte, err error) {
	part := func(at, size uint64) []byte {
		if err != nil || at > uint64(len(file)) || size > uint64(len(file))-at {
			err = fmt.Errorf("stamp: the ELF file ends at byte %d, and has %d bytes of sections at %d", len(file), size, at)
			return nil
		}
		return bytes.Clone(file[at : at+size])
	}
	if table = part(h.table, uint64(h.entry)*uint64(h.count)); err == nil {
		names = part(h.get(table, h.names, h.offset), h.get(table, h.names, h.size))
	}
	return table, names, err
}

// get reads a field of an entry that is as wide as an address.
func (h *elfHeader) get(table []byte, entry, field int) uint64 {
	at := table[entry*h.entry+field:]
	if h.wide {
		return h.order.Uint64(at)
	}
	return uint64(h.order.Uint32(at))
}

// put writes such a field.
func (h *elfHeader) put(table []byte, entry, field int, v uint64) {
	at := table[entry*h.entry+field:]
	if h.wide {
		h.order.PutUint64(at, v)
	} else {
		h.order.PutUint32(at, uint32(v))
	}
}

// setTable moves the section table. The fields' places are those of
// [elf.Header64] and [elf.Header32].
func (h *elfHeader) setTable(file []byte, at uint64, count int) {
	if h.wide {
		h.order.PutUint64(file[40:], at)
		h.order.PutUint16(file[60:], uint16(count))
	} else {
		h.order.PutUint32(file[32:], uint32(at))
		h.order.PutUint16(file[48:], uint16(count))
	}
}

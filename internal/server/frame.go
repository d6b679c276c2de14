package server

import (
	"encoding/binary"
	"errors"
	"io"
	"unicode/utf8"

	"github.com/gobwas/ws"
)

// beginFrame appends room for a short header; endFrame completes the frame
// whose payload was appended since.
func beginFrame(dst []byte, op ws.OpCode) []byte { return append(dst, 0x80|byte(op), 0) }

func endFrame(dst []byte, start int) []byte {
	n := len(dst) - start - 2
	switch {
	case n <= 125:
		dst[start+1] = byte(n)
	case n <= 0xffff:
		dst = append(dst, 0, 0)
		copy(dst[start+4:], dst[start+2:start+2+n])
		dst[start+1] = 126
		binary.BigEndian.PutUint16(dst[start+2:], uint16(n))
	default:
		dst = append(dst, 0, 0, 0, 0, 0, 0, 0, 0)
		copy(dst[start+10:], dst[start+2:start+2+n])
		dst[start+1] = 127
		binary.BigEndian.PutUint64(dst[start+2:], uint64(n))
	}
	return dst
}

// appendClose appends a close frame; code 1005 is one without a code.
func appendClose(dst []byte, code int, reason string) []byte {
	start := len(dst)
	dst = beginFrame(dst, ws.OpClose)
	if code != int(ws.StatusNoStatusRcvd) {
		dst = binary.BigEndian.AppendUint16(dst, uint16(code))
		dst = append(dst, cutReason(reason)...)
	}
	return endFrame(dst, start)
}

// cutReason cuts a reason to what a close frame holds.
func cutReason(reason string) string {
	if len(reason) <= 123 {
		return reason
	}
	reason = reason[:123]
	for len(reason) > 0 && !utf8.ValidString(reason) {
		reason = reason[:len(reason)-1]
	}
	return reason
}

const (
	smallBuffer = 512  // of a socket that is quiet
	largeBuffer = 4096 // of one that filled the small one; what is larger is given back
)

// errTooLong says that a data frame exceeds what was allowed; it will be skipped.
var errTooLong = errors.New("frame too long")

// frameReader reads the frames of a client.
type frameReader struct {
	src  io.Reader
	buf  []byte
	r, w int   // buf[r:w] was read and not used
	skip int64 // bytes of a frame that isn't wanted
}

// next reads a frame. Its payload, unmasked, holds until the next call. A data
// frame of more than limit bytes is errTooLong, a broken one a ws.ProtocolError.
func (f *frameReader) next(state ws.State, limit int) (ws.Header, []byte, error) {
	if err := f.discard(); err != nil {
		return ws.Header{}, nil, err
	}
	h, err := f.header(state)
	if err != nil {
		return h, nil, err
	}
	if h.Length > int64(limit) && !h.OpCode.IsControl() {
		f.skip = h.Length
		return h, nil, errTooLong
	}
	n := int(h.Length)
	if err := f.fill(n); err != nil {
		return h, nil, unexpected(err)
	}
	payload := f.buf[f.r : f.r+n : f.r+n]
	f.r += n
	ws.Cipher(payload, h.Mask, 0)
	return h, payload, nil
}

func (f *frameReader) header(state ws.State) (h ws.Header, err error) {
	if err := f.fill(2); err != nil {
		return h, err
	}
	b0, b1 := f.buf[f.r], f.buf[f.r+1]
	h.Fin, h.Rsv, h.OpCode = b0&0x80 != 0, b0>>4&7, ws.OpCode(b0&0x0f)
	h.Masked, h.Length = b1&0x80 != 0, int64(b1&0x7f)
	size := 2
	switch h.Length {
	case 126:
		size += 2
	case 127:
		size += 8
	}
	if h.Masked {
		size += 4
	}
	if err := f.fill(size); err != nil {
		return h, unexpected(err)
	}
	b := f.buf[f.r+2 : f.r+size]
	f.r += size
	switch h.Length {
	case 126:
		h.Length, b = int64(binary.BigEndian.Uint16(b)), b[2:]
	case 127:
		n := binary.BigEndian.Uint64(b)
		if n>>63 != 0 {
			return h, ws.ProtocolError("length with the highest bit set")
		}
		h.Length, b = int64(n), b[8:]
	}
	if h.Masked {
		copy(h.Mask[:], b)
	}
	return h, ws.CheckHeader(h, state)
}

// fill reads until n bytes are there. The buffer grows with what comes, not
// with what a header promises.
func (f *frameReader) fill(n int) error {
	for f.w-f.r < n {
		f.makeRoom()
		k, err := f.src.Read(f.buf[f.w:])
		f.w += k
		if f.w-f.r >= n {
			return nil
		}
		if err != nil {
			return err
		}
	}
	return nil
}

func (f *frameReader) makeRoom() {
	switch {
	case f.r == f.w:
		filled := f.w == len(f.buf)
		f.r, f.w = 0, 0
		if len(f.buf) > largeBuffer || f.buf == nil {
			f.buf = make([]byte, smallBuffer)
		} else if filled && len(f.buf) < largeBuffer {
			f.buf = make([]byte, largeBuffer)
		}
	case f.w < len(f.buf):
	case f.r > len(f.buf)/2:
		f.w = copy(f.buf, f.buf[f.r:f.w])
		f.r = 0
	default:
		grown := make([]byte, max(2*len(f.buf), smallBuffer))
		f.w = copy(grown, f.buf[f.r:f.w])
		f.buf, f.r = grown, 0
	}
}

// discard reads over the frame that isn't wanted.
func (f *frameReader) discard() error {
	for f.skip > 0 {
		if f.r == f.w {
			f.makeRoom()
			n, err := f.src.Read(f.buf)
			if f.w = n; n == 0 && err != nil {
				return err
			}
		}
		n := min(f.skip, int64(f.w-f.r))
		f.r += int(n)
		f.skip -= n
	}
	return nil
}

func unexpected(err error) error {
	if errors.Is(err, io.EOF) {
		return io.ErrUnexpectedEOF
	}
	return err
}

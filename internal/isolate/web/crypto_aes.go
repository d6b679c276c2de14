package web

import (
	"crypto/aes"
	"crypto/cipher"
	"crypto/subtle"
	"encoding/binary"

	"github.com/dop251/goja"
)

// cryptoAES(mode, encrypt, key, data, iv, additionalData, bits): bits is the tag's
// length for GCM, the counter's for CTR.
func (p *platform) cryptoAES(c goja.FunctionCall) goja.Value {
	encrypt := c.Argument(1).ToBoolean()
	block, err := aes.NewCipher(p.bytesArg(c.Argument(2)))
	p.operation(err)
	data := p.bytesArg(c.Argument(3))
	var iv []byte
	if !goja.IsUndefined(c.Argument(4)) {
		iv = p.bytesArg(c.Argument(4))
	}
	bits := number(c.Argument(6))
	var out []byte
	switch c.Argument(0).String() {
	case "AES-GCM":
		var aad []byte
		if !goja.IsUndefined(c.Argument(5)) {
			aad = p.bytesArg(c.Argument(5))
		}
		out, err = aesGCM(block, encrypt, data, iv, aad, bits/8)
	case "AES-CBC":
		out, err = aesCBC(block, encrypt, data, iv)
	case "AES-CTR":
		out, err = aesCTR(block, data, iv, bits)
	case "AES-KW":
		out, err = aesKW(block, encrypt, data)
	default:
		err = errKey
	}
	p.operation(err)
	return p.newBuffer(out)
}

func aesGCM(block cipher.Block, encrypt bool, data, iv, aad []byte, tag int) ([]byte, error) {
	if len(iv) == 0 {
		return nil, errKey
	}
	var g cipher.AEAD
	var err error
	switch {
	case tag == 16 && len(iv) == 12:
		g, err = cipher.NewGCM(block)
	case tag == 16:
		g, err = cipher.NewGCMWithNonceSize(block, len(iv))
	case len(iv) == 12:
		g, err = cipher.NewGCMWithTagSize(block, tag)
	default:
		err = errKey // Go has no short tags with unusual nonces
	}
	if err != nil {
		return nil, err
	}
	if encrypt {
		return g.Seal(nil, iv, data, aad), nil
	}
	return g.Open(nil, iv, data, aad)
}

func aesCBC(block cipher.Block, encrypt bool, data, iv []byte) ([]byte, error) {
	if len(iv) != aes.BlockSize {
		return nil, errKey
	}
	if encrypt {
		pad := aes.BlockSize - len(data)%aes.BlockSize
		out := make([]byte, len(data)+pad)
		for i := copy(out, data); i < len(out); i++ {
			out[i] = byte(pad)
		}
		cipher.NewCBCEncrypter(block, iv).CryptBlocks(out, out)
		return out, nil
	}
	if len(data) == 0 || len(data)%aes.BlockSize != 0 {
		return nil, errKey
	}
	out := make([]byte, len(data))
	cipher.NewCBCDecrypter(block, iv).CryptBlocks(out, data)
	pad := int(out[len(out)-1])
	if pad < 1 || pad > aes.BlockSize {
		return nil, errKey
	}
	for _, b := range out[len(out)-pad:] {
		if int(b) != pad {
			return nil, errKey
		}
	}
	return out[:len(out)-pad], nil
}

// aesCTR counts in the last bits of the block only.
func aesCTR(block cipher.Block, data, counter []byte, bits int) ([]byte, error) {
	if len(counter) != aes.BlockSize || bits < 1 || bits > 128 {
		return nil, errKey
	}
	blocks := uint64(len(data)+aes.BlockSize-1) / aes.BlockSize
	if bits < 64 && blocks > 1<<bits {
		return nil, errKey
	}
	out, ctr, key := make([]byte, len(data)), append([]byte(nil), counter...), make([]byte, aes.BlockSize)
	for i := 0; i < len(data); i += aes.BlockSize {
		block.Encrypt(key, ctr)
		end := min(i+aes.BlockSize, len(data))
		subtle.XORBytes(out[i:end], data[i:end], key)
		for b := 0; b < bits; b += 8 {
			at := len(ctr) - 1 - b/8
			mask := byte(0xFF)
			if bits-b < 8 {
				mask = 1<<(bits-b) - 1
			}
			next := ctr[at] + 1
			ctr[at] = ctr[at]&^mask | next&mask
			if next&mask != 0 {
				break
			}
		}
	}
	return out, nil
}

// aesKW is RFC 3394.
func aesKW(block cipher.Block, wrap bool, data []byte) ([]byte, error) {
	if len(data)%8 != 0 || len(data) < 16 || !wrap && len(data) < 24 {
		return nil, errKey
	}
	const iv = 0xA6A6A6A6A6A6A6A6
	var buf [16]byte
	if wrap {
		n := len(data) / 8
		out := make([]byte, len(data)+8)
		copy(out[8:], data)
		a := uint64(iv)
		for t := 1; t <= 6*n; t++ {
			r := out[8+8*((t-1)%n):][:8]
			binary.BigEndian.PutUint64(buf[:8], a)
			copy(buf[8:], r)
			block.Encrypt(buf[:], buf[:])
			a = binary.BigEndian.Uint64(buf[:8]) ^ uint64(t)
			copy(r, buf[8:])
		}
		binary.BigEndian.PutUint64(out, a)
		return out, nil
	}
	n := len(data)/8 - 1
	out := append([]byte(nil), data[8:]...)
	a := binary.BigEndian.Uint64(data)
	for t := 6 * n; t >= 1; t-- {
		r := out[8*((t-1)%n):][:8]
		binary.BigEndian.PutUint64(buf[:8], a^uint64(t))
		copy(buf[8:], r)
		block.Decrypt(buf[:], buf[:])
		a = binary.BigEndian.Uint64(buf[:8])
		copy(r, buf[8:])
	}
	if a != iv {
		return nil, errKey
	}
	return out, nil
}

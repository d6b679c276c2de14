package web

import (
	"crypto/hmac"
	"crypto/pbkdf2"
	"crypto/rand"
	"hash"

	"github.com/dop251/goja"
	"golang.org/x/crypto/scrypt"
)

// nodeCryptoNative is what node/crypto.js needs of Go.
func (p *platform) nodeCryptoNative() goja.Value {
	return p.object(map[string]func(goja.FunctionCall) goja.Value{
		"random": func(c goja.FunctionCall) goja.Value {
			n := number(c.Argument(0))
			if n < 0 || n > maxAlloc {
				p.throwRange("randomBytes: the size is out of range")
			}
			b := make([]byte, n)
			_, _ = rand.Read(b)
			return p.newBytes(b)
		},
		"hash":   p.nodeHash,
		"aes":    p.cryptoAES,
		"hkdf":   p.cryptoHKDF,
		"sign":   p.cryptoSign,
		"verify": p.cryptoVerify,
		"oaep":   p.cryptoOAEP,
		"key":    p.nodeKey,
		"public": func(c goja.FunctionCall) goja.Value { return p.describedKey(publicOf(p.keyArg(c.Argument(0)))) },
		"encode": p.nodeKeyEncode,
		"der":    p.nodeSignature,
		"equal":  p.cryptoEqual,
		"pbkdf2": p.nodePBKDF2,
		"scrypt": func(c goja.FunctionCall) goja.Value {
			return p.async(p.buffer(p.nodeScrypt(c)))
		},
		"scryptSync": func(c goja.FunctionCall) goja.Value {
			b, err := p.nodeScrypt(c)()
			p.operation(err)
			return p.newBuffer(b)
		},
	})
}

// nodeHash(name, key?) returns {update, digest} of a hash, or of an HMAC if there is a key.
func (p *platform) nodeHash(c goja.FunctionCall) goja.Value {
	f := newHash(c.Argument(0).String())
	if f == nil {
		return goja.Null()
	}
	var h hash.Hash
	if goja.IsUndefined(c.Argument(1)) {
		h = f()
	} else {
		h = hmac.New(f, p.copyArg(c.Argument(1)))
	}
	return p.object(map[string]func(goja.FunctionCall) goja.Value{
		"update": func(c goja.FunctionCall) goja.Value {
			h.Write(p.bytesArg(c.Argument(0)))
			return goja.Undefined()
		},
		"digest": func(goja.FunctionCall) goja.Value { return p.newBytes(h.Sum(nil)) },
	})
}

// nodePBKDF2(hash, password, salt, iterations, bytes) is pbkdf2Sync.
func (p *platform) nodePBKDF2(c goja.FunctionCall) goja.Value {
	iter, n := number(c.Argument(3)), number(c.Argument(4))
	if iter < 1 || iter > maxIterations/10 || n < 0 || n > 1<<20 {
		p.throwRange("pbkdf2: iterations or length out of range")
	}
	b, err := pbkdf2.Key(p.hashArg(c.Argument(0)), string(p.bytesArg(c.Argument(1))), p.bytesArg(c.Argument(2)), iter, n)
	p.operation(err)
	return p.newBytes(b)
}

// maxScrypt bounds scrypt's memory, 128·N·r bytes, and with p its time.
const maxScrypt = 256 << 20

// nodeScrypt(password, salt, bytes, N, r, p, maxmem) checks its arguments; what
// it returns does the work, on any goroutine.
func (p *platform) nodeScrypt(c goja.FunctionCall) func() ([]byte, error) {
	password, salt := p.copyArg(c.Argument(0)), p.copyArg(c.Argument(1))
	length, cost, block, parallel := number(c.Argument(2)), number(c.Argument(3)), number(c.Argument(4)), number(c.Argument(5))
	if length < 0 || length > 1<<20 || cost < 2 || cost&(cost-1) != 0 || block < 1 || parallel < 1 {
		p.throwRange("scrypt: invalid parameters")
	}
	limit := min(number(c.Argument(6)), maxScrypt)
	if cost > limit/128/block || parallel > maxScrypt/128/block || parallel > 4*maxScrypt/128/block/cost {
		p.throwRange("scrypt: invalid parameters: memory limit exceeded")
	}
	return func() ([]byte, error) { return scrypt.Key(password, salt, cost, block, parallel, length) }
}

package web

import (
	"crypto"
	"crypto/hkdf"
	"crypto/hmac"
	"crypto/md5"
	"crypto/pbkdf2"
	"crypto/rand"
	"crypto/sha1"
	"crypto/sha256"
	"crypto/sha3"
	"crypto/sha512"
	"crypto/subtle"
	"errors"
	"hash"

	"github.com/dop251/goja"
	"github.com/google/uuid"
)

// maxRandom is how much getRandomValues gives at once, by its specification.
const maxRandom = 65536

// maxIterations bounds PBKDF2: about ten seconds of a core.
const maxIterations = 10_000_000

// cryptoNative is what crypto.js needs of Go.
func (p *platform) cryptoNative() goja.Value {
	return p.object(map[string]func(goja.FunctionCall) goja.Value{
		"random":   p.cryptoRandom,
		"uuid":     func(goja.FunctionCall) goja.Value { return p.vm.ToValue(uuid.NewString()) },
		"digest":   p.cryptoDigest,
		"hmac":     p.cryptoHMAC,
		"equal":    p.cryptoEqual,
		"aes":      p.cryptoAES,
		"pbkdf2":   p.cryptoPBKDF2,
		"hkdf":     p.cryptoHKDF,
		"generate": p.cryptoGenerate,
		"import":   p.cryptoImport,
		"export":   p.cryptoExport,
		"sign":     p.cryptoSign,
		"verify":   p.cryptoVerify,
		"oaep":     p.cryptoOAEP,
		"agree":    p.cryptoAgree,
	})
}

// newHash finds a hash by its Web or Node name; nil if there is none.
func newHash(name string) func() hash.Hash {
	switch name {
	case "SHA-1", "sha1":
		return sha1.New
	case "SHA-256", "sha256":
		return sha256.New
	case "SHA-384", "sha384":
		return sha512.New384
	case "SHA-512", "sha512":
		return sha512.New
	case "sha224":
		return sha256.New224
	case "sha512-256":
		return sha512.New512_256
	case "sha3-256":
		return func() hash.Hash { return sha3.New256() }
	case "sha3-512":
		return func() hash.Hash { return sha3.New512() }
	case "md5":
		return md5.New
	}
	return nil
}

// hashArg finds the hash that an argument names, or throws.
func (p *platform) hashArg(v goja.Value) func() hash.Hash {
	h := newHash(v.String())
	if h == nil {
		p.throwDOM("NotSupportedError", "Unrecognized digest algorithm: "+v.String())
	}
	return h
}

// hashID is the crypto.Hash that an argument names, or throws.
func (p *platform) hashID(v goja.Value) crypto.Hash {
	switch v.String() {
	case "SHA-1":
		return crypto.SHA1
	case "SHA-256":
		return crypto.SHA256
	case "SHA-384":
		return crypto.SHA384
	case "SHA-512":
		return crypto.SHA512
	}
	p.throwDOM("NotSupportedError", "Unrecognized digest algorithm: "+v.String())
	return 0
}

// cryptoRandom fills a view with random bytes.
func (p *platform) cryptoRandom(c goja.FunctionCall) goja.Value {
	b := p.bytesArg(c.Argument(0))
	if len(b) > maxRandom && !c.Argument(1).ToBoolean() {
		p.throwDOM("QuotaExceededError", "getRandomValues gives at most 65536 bytes at once")
	}
	_, _ = rand.Read(b)
	return c.Argument(0)
}

func (p *platform) cryptoDigest(c goja.FunctionCall) goja.Value {
	h := p.hashArg(c.Argument(0))()
	h.Write(p.bytesArg(c.Argument(1)))
	return p.newBuffer(h.Sum(nil))
}

func (p *platform) cryptoHMAC(c goja.FunctionCall) goja.Value {
	h := hmac.New(p.hashArg(c.Argument(0)), p.bytesArg(c.Argument(1)))
	h.Write(p.bytesArg(c.Argument(2)))
	return p.newBuffer(h.Sum(nil))
}

func (p *platform) cryptoEqual(c goja.FunctionCall) goja.Value {
	return p.vm.ToValue(subtle.ConstantTimeCompare(p.bytesArg(c.Argument(0)), p.bytesArg(c.Argument(1))) == 1)
}

// cryptoPBKDF2(hash, password, salt, iterations, bytes) returns a promise.
func (p *platform) cryptoPBKDF2(c goja.FunctionCall) goja.Value {
	h := p.hashArg(c.Argument(0))
	password, salt := p.copyArg(c.Argument(1)), p.copyArg(c.Argument(2))
	iter, n := number(c.Argument(3)), number(c.Argument(4))
	if iter < 1 || iter > maxIterations || n < 0 || n > 1<<20 {
		p.throwDOM("OperationError", "PBKDF2: iterations or length out of range")
	}
	return p.async(p.buffer(func() ([]byte, error) { return pbkdf2.Key(h, string(password), salt, iter, n) }))
}

// buffer makes what [platform.async] runs of f; the promise gives an ArrayBuffer.
func (p *platform) buffer(f func() ([]byte, error)) asyncFunc {
	return func(ctxIgnored) (any, error) {
		b, err := f()
		return func() goja.Value { return p.newBuffer(b) }, err
	}
}

// cryptoHKDF(hash, key, salt, info, bytes).
func (p *platform) cryptoHKDF(c goja.FunctionCall) goja.Value {
	b, err := hkdf.Key(p.hashArg(c.Argument(0)), p.bytesArg(c.Argument(1)), p.bytesArg(c.Argument(2)),
		string(p.bytesArg(c.Argument(3))), max(number(c.Argument(4)), 0))
	p.operation(err)
	return p.newBuffer(b)
}

// operation throws an OperationError, which by design says nothing more, for a
// failure of a primitive.
func (p *platform) operation(err error) {
	if err != nil {
		p.throwDOM("OperationError", "The operation failed for an operation-specific reason")
	}
}

// errKey is a key that is not what its algorithm needs.
var errKey = errors.New("the key does not fit the algorithm")

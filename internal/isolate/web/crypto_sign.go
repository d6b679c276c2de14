package web

import (
	"crypto"
	"crypto/ecdh"
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/rand"
	"crypto/rsa"
	"math/big"

	"github.com/dop251/goja"
)

// cryptoSign(alg, key, data, hash, saltLength) returns the signature.
func (p *platform) cryptoSign(c goja.FunctionCall) goja.Value {
	data := p.bytesArg(c.Argument(2))
	var sig []byte
	var err error
	switch k := p.keyArg(c.Argument(1)).(type) {
	case ed25519.PrivateKey:
		sig = ed25519.Sign(k, data)
	case *ecdsa.PrivateKey:
		sig, err = signECDSA(k, sum(p.hashID(c.Argument(3)), data))
	case *rsa.PrivateKey:
		id := p.hashID(c.Argument(3))
		if c.Argument(0).String() == "RSA-PSS" {
			sig, err = rsa.SignPSS(rand.Reader, k, id, sum(id, data), &rsa.PSSOptions{SaltLength: saltLength(c.Argument(4))})
		} else {
			sig, err = rsa.SignPKCS1v15(nil, k, id, sum(id, data))
		}
	default:
		err = errKey
	}
	p.operation(err)
	return p.newBuffer(sig)
}

// saltLength is PSS's; Go gives 0 a meaning of its own, which the Web lacks.
func saltLength(v goja.Value) int {
	if n := number(v); n > 0 {
		return n
	}
	return rsa.PSSSaltLengthEqualsHash
}

func sum(id crypto.Hash, data []byte) []byte {
	h := id.New()
	h.Write(data)
	return h.Sum(nil)
}

// signECDSA makes a signature of r and s, each as long as the curve's order.
func signECDSA(k *ecdsa.PrivateKey, digest []byte) ([]byte, error) {
	r, s, err := ecdsa.Sign(rand.Reader, k, digest)
	if err != nil {
		return nil, err
	}
	n := (k.Params().N.BitLen() + 7) / 8
	sig := make([]byte, 2*n)
	r.FillBytes(sig[:n])
	s.FillBytes(sig[n:])
	return sig, nil
}

// cryptoVerify(alg, key, data, hash, saltLength, signature) returns a boolean.
func (p *platform) cryptoVerify(c goja.FunctionCall) goja.Value {
	data, sig := p.bytesArg(c.Argument(2)), p.bytesArg(c.Argument(5))
	ok := false
	switch k := p.keyArg(c.Argument(1)).(type) {
	case ed25519.PublicKey:
		ok = ed25519.Verify(k, data, sig)
	case *ecdsa.PublicKey:
		digest := sum(p.hashID(c.Argument(3)), data)
		n := (k.Params().N.BitLen() + 7) / 8
		ok = len(sig) == 2*n && ecdsa.Verify(k, digest, new(big.Int).SetBytes(sig[:n]), new(big.Int).SetBytes(sig[n:]))
	case *rsa.PublicKey:
		id := p.hashID(c.Argument(3))
		if c.Argument(0).String() == "RSA-PSS" {
			ok = rsa.VerifyPSS(k, id, sum(id, data), sig, &rsa.PSSOptions{SaltLength: saltLength(c.Argument(4))}) == nil
		} else {
			ok = rsa.VerifyPKCS1v15(k, id, sum(id, data), sig) == nil
		}
	default:
		p.operation(errKey)
	}
	return p.vm.ToValue(ok)
}

// cryptoOAEP(encrypt, key, data, hash, label).
func (p *platform) cryptoOAEP(c goja.FunctionCall) goja.Value {
	data := p.bytesArg(c.Argument(2))
	h := p.hashArg(c.Argument(3))()
	var label, out []byte
	if !goja.IsUndefined(c.Argument(4)) {
		label = p.bytesArg(c.Argument(4))
	}
	err := errKey
	switch k := p.keyArg(c.Argument(1)).(type) {
	case *rsa.PublicKey:
		out, err = rsa.EncryptOAEP(h, rand.Reader, k, data, label)
	case *rsa.PrivateKey:
		out, err = rsa.DecryptOAEP(h, nil, k, data, label)
	}
	p.operation(err)
	return p.newBuffer(out)
}

// cryptoAgree(private, public) returns the shared secret of ECDH or X25519.
func (p *platform) cryptoAgree(c goja.FunctionCall) goja.Value {
	private, err := ecdhPrivate(p.keyArg(c.Argument(0)))
	p.operation(err)
	public, err := ecdhPublic(p.keyArg(c.Argument(1)))
	p.operation(err)
	if private.Curve() != public.Curve() {
		p.throwDOM("InvalidAccessError", "The keys are of different curves")
	}
	secret, err := private.ECDH(public)
	p.operation(err)
	return p.newBuffer(secret)
}

func ecdhPrivate(key any) (*ecdh.PrivateKey, error) {
	switch k := key.(type) {
	case *ecdh.PrivateKey:
		return k, nil
	case *ecdsa.PrivateKey:
		return k.ECDH()
	}
	return nil, errKey
}

func ecdhPublic(key any) (*ecdh.PublicKey, error) {
	switch k := key.(type) {
	case *ecdh.PublicKey:
		return k, nil
	case *ecdsa.PublicKey:
		return k.ECDH()
	}
	return nil, errKey
}

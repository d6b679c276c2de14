package web

import (
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/rsa"
	"crypto/x509"
	"encoding/asn1"
	"encoding/pem"
	"math/big"

	"github.com/dop251/goja"
)

// nodeKey(bytes) reads a key as PEM or DER, of whatever kind; null if it is none.
func (p *platform) nodeKey(c goja.FunctionCall) goja.Value {
	der := p.copyArg(c.Argument(0))
	if block, _ := pem.Decode(der); block != nil {
		der = block.Bytes
	}
	key := parseKey(der)
	if key == nil {
		return goja.Null()
	}
	return p.describedKey(key)
}

func parseKey(der []byte) any {
	if k, err := x509.ParsePKCS8PrivateKey(der); err == nil {
		return k
	}
	if k, err := x509.ParsePKIXPublicKey(der); err == nil {
		return k
	}
	if k, err := x509.ParsePKCS1PrivateKey(der); err == nil {
		return k
	}
	if k, err := x509.ParseECPrivateKey(der); err == nil {
		return k
	}
	if k, err := x509.ParsePKCS1PublicKey(der); err == nil {
		return k
	}
	if cert, err := x509.ParseCertificate(der); err == nil {
		return cert.PublicKey
	}
	return nil
}

// describedKey is {key, private, kind, curve, bits}.
func (p *platform) describedKey(key any) goja.Value {
	o := p.vm.NewObject()
	set := func(kind string, private bool) {
		must(o.Set("key", p.wrapKey(key)))
		must(o.Set("kind", kind))
		must(o.Set("private", private))
	}
	curve := func(k *ecdsa.PublicKey) {
		names := map[string]string{"P-256": "prime256v1", "P-384": "secp384r1", "P-521": "secp521r1"}
		must(o.Set("curve", names[k.Params().Name]))
	}
	switch k := key.(type) {
	case *rsa.PrivateKey:
		set("rsa", true)
		must(o.Set("bits", k.N.BitLen()))
	case *rsa.PublicKey:
		set("rsa", false)
		must(o.Set("bits", k.N.BitLen()))
	case *ecdsa.PrivateKey:
		set("ec", true)
		curve(&k.PublicKey)
	case *ecdsa.PublicKey:
		set("ec", false)
		curve(k)
	case ed25519.PrivateKey:
		set("ed25519", true)
	case ed25519.PublicKey:
		set("ed25519", false)
	default:
		return goja.Null()
	}
	return o
}

// nodeKeyEncode(key, pem) is a key as PKCS #8 or SPKI.
func (p *platform) nodeKeyEncode(c goja.FunctionCall) goja.Value {
	key, kind := p.keyArg(c.Argument(0)), "PRIVATE KEY"
	der, err := x509.MarshalPKCS8PrivateKey(key)
	if err != nil {
		kind = "PUBLIC KEY"
		der, err = x509.MarshalPKIXPublicKey(key)
	}
	p.operation(err)
	if c.Argument(1).ToBoolean() {
		return p.vm.ToValue(string(pem.EncodeToMemory(&pem.Block{Type: kind, Bytes: der})))
	}
	return p.newBytes(der)
}

// nodeSignature(signature, toDER, size) turns an ECDSA signature from r‖s into
// DER or back; null if it is none.
func (p *platform) nodeSignature(c goja.FunctionCall) goja.Value {
	sig := p.copyArg(c.Argument(0))
	if c.Argument(1).ToBoolean() {
		n := len(sig) / 2
		der, err := asn1.Marshal(struct{ R, S *big.Int }{new(big.Int).SetBytes(sig[:n]), new(big.Int).SetBytes(sig[n:])})
		p.operation(err)
		return p.newBytes(der)
	}
	var rs struct{ R, S *big.Int }
	size := number(c.Argument(2))
	if rest, err := asn1.Unmarshal(sig, &rs); err != nil || len(rest) > 0 || rs.R.Sign() < 0 || rs.S.Sign() < 0 || size > 66 || rs.R.BitLen() > 8*size || rs.S.BitLen() > 8*size {
		return goja.Null()
	}
	out := make([]byte, 2*size)
	rs.R.FillBytes(out[:size])
	rs.S.FillBytes(out[size:])
	return p.newBytes(out)
}

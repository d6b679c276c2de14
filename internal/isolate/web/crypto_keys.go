package web

import (
	"crypto/ecdh"
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"encoding/base64"
	"math/big"

	"github.com/dop251/goja"
)

// cryptoKey is an asymmetric key as crypto.js holds it, opaque: one of
// *rsa.PrivateKey, *rsa.PublicKey, *ecdsa.…, ed25519.…, *ecdh.… (X25519).
type cryptoKey struct{ key any }

func curveOf(name string) elliptic.Curve {
	switch name {
	case "P-256":
		return elliptic.P256()
	case "P-384":
		return elliptic.P384()
	case "P-521":
		return elliptic.P521()
	}
	return nil
}

func (p *platform) wrapKey(key any) goja.Value { return p.vm.ToValue(&cryptoKey{key}) }

func (p *platform) keyArg(v goja.Value) any {
	if o, ok := v.(*goja.Object); ok {
		if k, ok := o.Export().(*cryptoKey); ok {
			return k.key
		}
	}
	p.throwDOM("InvalidAccessError", "The key is not of the right kind")
	return nil
}

func publicOf(key any) any {
	switch k := key.(type) {
	case *rsa.PrivateKey:
		return &k.PublicKey
	case *ecdsa.PrivateKey:
		return &k.PublicKey
	case ed25519.PrivateKey:
		return k.Public()
	case *ecdh.PrivateKey:
		return k.PublicKey()
	}
	return nil
}

// cryptoGenerate(kind, curveOrBits) returns a promise of [private, public].
func (p *platform) cryptoGenerate(c goja.FunctionCall) goja.Value {
	kind, arg := c.Argument(0).String(), c.Argument(1)
	curve, bits := curveOf(arg.String()), number(arg)
	if kind == "EC" && curve == nil {
		p.throwDOM("NotSupportedError", "Unrecognized namedCurve")
	}
	if kind == "RSA" && (bits < 1024 || bits > 8192) {
		p.throwDOM("OperationError", "RSA keys have 1024 to 8192 bits")
	}
	return p.async(func(ctxIgnored) (any, error) {
		var key any
		var err error
		switch kind {
		case "EC":
			key, err = ecdsa.GenerateKey(curve, rand.Reader)
		case "RSA":
			key, err = rsa.GenerateKey(rand.Reader, bits)
		case "Ed25519":
			_, key, err = ed25519.GenerateKey(rand.Reader)
		case "X25519":
			key, err = ecdh.X25519().GenerateKey(rand.Reader)
		}
		return func() goja.Value { return p.vm.NewArray(p.wrapKey(key), p.wrapKey(publicOf(key))) }, err
	})
}

// cryptoImport(format, kind, curve, data) returns [key, isPrivate, bits].
func (p *platform) cryptoImport(c goja.FunctionCall) goja.Value {
	format, kind, curve := c.Argument(0).String(), c.Argument(1).String(), c.Argument(2).String()
	var key any
	var err error
	switch format {
	case "pkcs8":
		key, err = x509.ParsePKCS8PrivateKey(p.bytesArg(c.Argument(3)))
	case "spki":
		key, err = x509.ParsePKIXPublicKey(p.bytesArg(c.Argument(3)))
	case "raw":
		key, err = rawKey(kind, curve, p.bytesArg(c.Argument(3)))
	case "jwk":
		o := c.Argument(3).ToObject(p.vm)
		key, err = jwkKey(kind, curve, func(name string) []byte {
			v := o.Get(name)
			if v == nil || goja.IsUndefined(v) {
				return nil
			}
			b, err := base64.RawURLEncoding.DecodeString(v.String())
			if err != nil {
				p.throwDOM("DataError", "The JWK's "+name+" is no base64url")
			}
			return b
		})
	}
	private, bits, fits := describeKey(key, kind, curve)
	if err != nil || !fits {
		p.throwDOM("DataError", "Invalid keyData")
	}
	return p.vm.NewArray(p.wrapKey(key), private, bits)
}

// describeKey says whether a key is private, its size, and whether it is of a kind.
func describeKey(key any, kind, curve string) (private bool, bits int, fits bool) {
	switch k := key.(type) {
	case *rsa.PrivateKey:
		return true, k.N.BitLen(), kind == "RSA"
	case *rsa.PublicKey:
		return false, k.N.BitLen(), kind == "RSA"
	case *ecdsa.PrivateKey:
		return true, 0, kind == "EC" && k.Curve.Params().Name == curve
	case *ecdsa.PublicKey:
		return false, 0, kind == "EC" && k.Curve.Params().Name == curve
	case ed25519.PrivateKey:
		return true, 0, kind == "Ed25519"
	case ed25519.PublicKey:
		return false, 0, kind == "Ed25519"
	case *ecdh.PrivateKey:
		return true, 0, kind == "X25519"
	case *ecdh.PublicKey:
		return false, 0, kind == "X25519"
	}
	return false, 0, false
}

func rawKey(kind, curve string, b []byte) (any, error) {
	switch kind {
	case "EC":
		if cv := curveOf(curve); cv != nil {
			return ecdsa.ParseUncompressedPublicKey(cv, b)
		}
	case "Ed25519":
		if len(b) == ed25519.PublicKeySize {
			return ed25519.PublicKey(append([]byte(nil), b...)), nil
		}
	case "X25519":
		return ecdh.X25519().NewPublicKey(b)
	}
	return nil, errKey
}

// jwkKey makes a key of a JWK's members.
func jwkKey(kind, curve string, get func(string) []byte) (any, error) {
	d := get("d")
	switch kind {
	case "EC":
		return jwkEC(curveOf(curve), get("x"), get("y"), d)
	case "Ed25519":
		if d != nil && len(d) == ed25519.SeedSize {
			return ed25519.NewKeyFromSeed(d), nil
		}
		return rawKey(kind, "", get("x"))
	case "X25519":
		if d != nil {
			return ecdh.X25519().NewPrivateKey(d)
		}
		return rawKey(kind, "", get("x"))
	case "RSA":
		return jwkRSA(get, d)
	}
	return nil, errKey
}

func jwkEC(curve elliptic.Curve, x, y, d []byte) (any, error) {
	if curve == nil {
		return nil, errKey
	}
	size := (curve.Params().BitSize + 7) / 8
	if len(x) != size || len(y) != size {
		return nil, errKey
	}
	pub, err := ecdsa.ParseUncompressedPublicKey(curve, append(append([]byte{4}, x...), y...))
	if err != nil || d == nil {
		return pub, err
	}
	key, err := ecdsa.ParseRawPrivateKey(curve, d)
	if err != nil || !key.PublicKey.Equal(pub) {
		return nil, errKey
	}
	return key, nil
}

func jwkRSA(get func(string) []byte, d []byte) (any, error) {
	n, e := new(big.Int).SetBytes(get("n")), new(big.Int).SetBytes(get("e"))
	if n.BitLen() < 512 || n.BitLen() > 16384 || e.BitLen() > 31 || e.Sign() == 0 {
		return nil, errKey
	}
	pub := rsa.PublicKey{N: n, E: int(e.Int64())}
	if d == nil {
		return &pub, nil
	}
	prime1, prime2 := get("p"), get("q")
	if prime1 == nil || prime2 == nil {
		return nil, errKey
	}
	key := &rsa.PrivateKey{PublicKey: pub, D: new(big.Int).SetBytes(d),
		Primes: []*big.Int{new(big.Int).SetBytes(prime1), new(big.Int).SetBytes(prime2)}}
	if err := key.Validate(); err != nil {
		return nil, err
	}
	key.Precompute()
	return key, nil
}

// cryptoExport(format, key) returns bytes, or an object of a JWK's members.
func (p *platform) cryptoExport(c goja.FunctionCall) goja.Value {
	key := p.keyArg(c.Argument(1))
	var b []byte
	var err error
	switch c.Argument(0).String() {
	case "pkcs8":
		b, err = x509.MarshalPKCS8PrivateKey(key)
	case "spki":
		b, err = x509.MarshalPKIXPublicKey(key)
	case "raw":
		b, err = exportRaw(key)
	case "jwk":
		return p.exportJWK(key)
	}
	if err != nil {
		p.throwDOM("NotSupportedError", "The key can't be exported in this format")
	}
	return p.newBuffer(b)
}

func exportRaw(key any) ([]byte, error) {
	switch k := key.(type) {
	case *ecdsa.PublicKey:
		return k.Bytes()
	case ed25519.PublicKey:
		return append([]byte(nil), k...), nil
	case *ecdh.PublicKey:
		return k.Bytes(), nil
	}
	return nil, errKey
}

func (p *platform) exportJWK(key any) goja.Value {
	o := p.vm.NewObject()
	set := func(name string, b []byte) { must(o.Set(name, base64.RawURLEncoding.EncodeToString(b))) }
	switch k := key.(type) {
	case *rsa.PrivateKey:
		k.Precompute()
		must(o.Set("kty", "RSA"))
		set("n", k.N.Bytes())
		set("e", big.NewInt(int64(k.E)).Bytes())
		set("d", k.D.Bytes())
		if len(k.Primes) == 2 {
			set("p", k.Primes[0].Bytes())
			set("q", k.Primes[1].Bytes())
			set("dp", k.Precomputed.Dp.Bytes())
			set("dq", k.Precomputed.Dq.Bytes())
			set("qi", k.Precomputed.Qinv.Bytes())
		}
	case *rsa.PublicKey:
		must(o.Set("kty", "RSA"))
		set("n", k.N.Bytes())
		set("e", big.NewInt(int64(k.E)).Bytes())
	case *ecdsa.PrivateKey:
		p.jwkPoint(o, &k.PublicKey, set)
		if d, err := k.Bytes(); err == nil {
			set("d", d)
		}
	case *ecdsa.PublicKey:
		p.jwkPoint(o, k, set)
	case ed25519.PrivateKey:
		must(o.Set("kty", "OKP"))
		must(o.Set("crv", "Ed25519"))
		set("x", k.Public().(ed25519.PublicKey))
		set("d", k.Seed())
	case ed25519.PublicKey:
		must(o.Set("kty", "OKP"))
		must(o.Set("crv", "Ed25519"))
		set("x", k)
	case *ecdh.PrivateKey:
		must(o.Set("kty", "OKP"))
		must(o.Set("crv", "X25519"))
		set("x", k.PublicKey().Bytes())
		set("d", k.Bytes())
	case *ecdh.PublicKey:
		must(o.Set("kty", "OKP"))
		must(o.Set("crv", "X25519"))
		set("x", k.Bytes())
	}
	return o
}

func (p *platform) jwkPoint(o *goja.Object, k *ecdsa.PublicKey, set func(string, []byte)) {
	b, err := k.Bytes()
	p.operation(err)
	must(o.Set("kty", "EC"))
	must(o.Set("crv", k.Curve.Params().Name))
	n := (len(b) - 1) / 2
	set("x", b[1:1+n])
	set("y", b[1+n:])
}

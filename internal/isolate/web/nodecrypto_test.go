package web

import "testing"

const pems = `const rsa = await crypto.subtle.generateKey({ name: "RSASSA-PKCS1-v1_5", modulusLength: 2048, publicExponent: new Uint8Array([1, 0, 1]), hash: "SHA-256" }, true, ["sign", "verify"]);
const ec = await crypto.subtle.generateKey({ name: "ECDSA", namedCurve: "P-256" }, true, ["sign", "verify"]);
const pem = async (k, kind, name) => "-----BEGIN " + name + "-----\n" + Buffer.from(await crypto.subtle.exportKey(kind, k)).toString("base64") + "\n-----END " + name + "-----";
const keys = { rsa: [await pem(rsa.privateKey, "pkcs8", "PRIVATE KEY"), await pem(rsa.publicKey, "spki", "PUBLIC KEY")], ec: [await pem(ec.privateKey, "pkcs8", "PRIVATE KEY"), await pem(ec.publicKey, "spki", "PUBLIC KEY")] };
`

// TestNodeCrypto: the part that token and session libraries use.
func TestNodeCrypto(t *testing.T) {
	c := cases{
		// The first two are NIST's test vectors (GCM test case 4, CBC F.2.5 with padding).
		"gcm vector": {`const k = Buffer.from("feffe9928665731c6d6a8f9467308308", "hex"), iv = Buffer.from("cafebabefacedbaddecaf888", "hex");
			const p = Buffer.from("d9313225f88406e5a55909c5aff5269a86a7a9531534f7da2e4c303d8a318a721c3c0c95956809532fcf0e2449a6b525b16aedf5aa0de657ba637b39", "hex");
			const e = c.createCipheriv("aes-128-gcm", k, iv).setAAD(Buffer.from("feedfacedeadbeeffeedfacedeadbeefabaddad2", "hex")); const out = e.update(p, null, "hex") + e.final("hex"); return out.slice(0, 16) + "," + e.getAuthTag().toString("hex")`, "42831ec221777424,5bc94fbc3221a5db94fae95ae7121a47"},
		"cbc vector":     {`const e = c.createCipheriv("aes-256-cbc", Buffer.from("603deb1015ca71be2b73aef0857d77811f352c073b6108d72d9810a30914dff4", "hex"), Buffer.from("000102030405060708090a0b0c0d0e0f", "hex")); return (e.update("6bc1bee22e409f96e93d7e117393172a", "hex", "hex") + e.final("hex")).slice(0, 32)`, "f58c4c04d6e5f1ba779eabfb5f7bfbd6"},
		"there and back": {`const o = []; for (const a of c.getCiphers()) { const k = c.randomBytes(+a.split("-")[1] / 8), iv = c.randomBytes(a.endsWith("gcm") ? 12 : 16); const e = c.createCipheriv(a, k, iv); const x = Buffer.concat([e.update("héllo ", "utf8"), e.update("w"), e.final()]); const d = c.createDecipheriv(a, k, iv); if (a.endsWith("gcm")) d.setAuthTag(e.getAuthTag()); o.push(d.update(x, undefined, "utf8") + d.final("utf8")) } return [...new Set(o)].join()`, "héllo w"},
		"forged":         {`const k = c.randomBytes(32), iv = c.randomBytes(12), e = c.createCipheriv("aes-256-gcm", k, iv); const x = Buffer.concat([e.update("a"), e.final()]); const d = c.createDecipheriv("aes-256-gcm", k, iv); d.setAuthTag(Buffer.alloc(16)); d.update(x); try { d.final() } catch (e) { return e.message }`, "Unsupported state or unable to authenticate data"},
		"unknown cipher": {`try { c.createCipheriv("des-ede3-cbc", Buffer.alloc(24), Buffer.alloc(8)) } catch (e) { return e.code + e.message.slice(0, 34) }`, "ERR_CRYPTO_UNKNOWN_CIPHERUnknown cipher des-ede3-cbc: rivet"},
		"bad key":        {`try { c.createCipheriv("aes-256-cbc", "short", Buffer.alloc(16)) } catch (e) { return e.code }`, "ERR_CRYPTO_INVALID_KEYLEN"},
		"secret key":     {`const k = c.createSecretKey("Jefe", "utf8"); return [k.type, k.symmetricKeySize, k.export().toString(), k instanceof c.KeyObject, c.createHmac("sha256", k).update("what do ya want for nothing?").digest("hex").slice(0, 8)].join()`, "secret,4,Jefe,true,5bdcc146"},
		"signatures":     {pems + `const o = []; for (const [kind, [priv, pub]] of Object.entries(keys)) { const s = c.createSign("RSA-SHA256").update("da").update("ta").sign(priv, "base64"); o.push(c.createVerify("sha256").update("data").verify(pub, s, "base64"), c.createVerify("sha256").update("other").verify(pub, s, "base64"), c.verify("sha256", Buffer.from("data"), c.createPublicKey(priv), c.sign("sha256", Buffer.from("data"), { key: priv, dsaEncoding: "ieee-p1363" })) ) } return o.join()`, "true,false,true,true,false,false"},
		"p1363":          {pems + `const s = c.sign("sha256", Buffer.from("d"), { key: keys.ec[0], dsaEncoding: "ieee-p1363" }); return [s.length, c.verify("sha256", Buffer.from("d"), { key: keys.ec[1], dsaEncoding: "ieee-p1363" }, s), c.createPrivateKey(keys.ec[0]).asymmetricKeyType, c.createPublicKey(keys.rsa[0]).type, c.createPublicKey(keys.rsa[0]).asymmetricKeyDetails.modulusLength, c.createPublicKey(keys.rsa[0]).export({ type: "spki", format: "pem" }).slice(0, 26)].join()`, "64,true,ec,public,2048,-----BEGIN PUBLIC KEY-----"},
		"pss":            {pems + `const k = { key: keys.rsa[0], padding: c.constants.RSA_PKCS1_PSS_PADDING, saltLength: c.constants.RSA_PSS_SALTLEN_DIGEST }; const s = c.sign("sha256", Buffer.from("d"), k); return [c.verify("sha256", Buffer.from("d"), { ...k, key: keys.rsa[1] }, s), c.verify("sha256", Buffer.from("d"), keys.rsa[1], s), c.privateDecrypt(keys.rsa[0], c.publicEncrypt(keys.rsa[1], Buffer.from("hi"))).toString()].join()`, "true,false,hi"},
		"hkdf":           {`return Buffer.from(c.hkdfSync("sha256", Buffer.from("0b".repeat(22), "hex"), Buffer.from("000102030405060708090a0b0c", "hex"), Buffer.from("f0f1f2f3f4f5f6f7f8f9", "hex"), 42)).toString("hex").slice(0, 16)`, "3cb25f25faacd57a"},
		"no key":         {`try { c.createPrivateKey("nonsense") } catch (e) { return e.code + e.message }`, "ERR_OSSL_UNSUPPORTEDFailed to read asymmetric key"},
		"what is not":    {`const o = []; for (const n of ["createECDH", "generateKeyPairSync", "X509Certificate"]) try { new c[n]() } catch (e) { o.push(e.message) } return o.join()`, "crypto.createECDH is not available in rivet; use crypto.subtle.deriveBits with \"ECDH\" or \"X25519\",crypto.generateKeyPairSync is not available in rivet; use crypto.subtle.generateKey,crypto.X509Certificate is not available in rivet; use createPublicKey, which reads a certificate's key"},
	}
	for name, tt := range c {
		tt.js = `const c = __rivet_modules["node:crypto"];` + tt.js
		c[name] = tt
	}
	c.run(t)
}

func TestEventsWithSignals(t *testing.T) {
	cases{
		"aborted once": {`const E = __rivet_modules["node:events"], e = new E(), a = new AbortController(); const p = E.once(e, "x", { signal: a.signal }); a.abort("why"); return p.catch((x) => [x.name, x.code, x.cause, e.listenerCount("x"), e.listenerCount("error")].join())`, "AbortError,ABORT_ERR,why,0,0"},
		"already":      {`const E = __rivet_modules["node:events"]; return E.once(new E(), "x", { signal: AbortSignal.abort() }).catch((x) => x.name)`, "AbortError"},
		"not aborted":  {`const E = __rivet_modules["node:events"], e = new E(), a = new AbortController(); const p = E.once(e, "x", { signal: a.signal }); e.emit("x", 1, 2); a.abort(); return (await p).join()`, "1,2"},
		"on":           {`const E = __rivet_modules["node:events"], e = new E(), a = new AbortController(); const it = E.on(e, "x", { signal: a.signal }); e.emit("x", 1); const o = [(await it.next()).value[0]]; setTimeout(() => { e.emit("x", 2); a.abort() }, 1); o.push((await it.next()).value[0]); try { await it.next() } catch (x) { o.push(x.name) } return o.concat((await it.next()).done, e.listenerCount("x")).join()`, "1,2,AbortError,true,0"},
	}.run(t)
}

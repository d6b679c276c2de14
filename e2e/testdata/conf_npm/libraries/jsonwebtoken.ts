import { actor, setup } from "@rivetkit/actor";
import jwt from "jsonwebtoken";

const library = actor({
  onAuth: () => {},
  actions: {
    check: async () => {
      const token = jwt.sign({ role: "admin", iat: 1000 }, "the secret", { subject: "ann" });
      const tried = (f: () => unknown) => {
        try {
          return f();
        } catch (error) {
          return (error as Error).message;
        }
      };
      const rsa = await crypto.subtle.generateKey({ name: "RSASSA-PKCS1-v1_5", modulusLength: 2048, publicExponent: new Uint8Array([1, 0, 1]), hash: "SHA-256" }, true, ["sign", "verify"]);
      const ec = await crypto.subtle.generateKey({ name: "ECDSA", namedCurve: "P-256" }, true, ["sign", "verify"]);
      const pem = async (key: CryptoKey, format: "pkcs8" | "spki", name: string) =>
        `-----BEGIN ${name}-----\n${Buffer.from(await crypto.subtle.exportKey(format, key)).toString("base64").replace(/.{64}/g, "$&\n")}\n-----END ${name}-----`;
      const both = async (keys: CryptoKeyPair, algorithm: jwt.Algorithm) => {
        const signed = jwt.sign({ a: 1, iat: 1 }, await pem(keys.privateKey, "pkcs8", "PRIVATE KEY"), { algorithm });
        return jwt.verify(signed, await pem(keys.publicKey, "spki", "PUBLIC KEY"));
      };
      return [
        jwt.verify(token, "the secret"),
        tried(() => jwt.verify(token, "another")),
        tried(() => jwt.verify(jwt.sign({ exp: 5 }, "s"), "s")),
        await both(rsa, "RS256"),
        await both(rsa, "PS256"),
        await both(ec, "ES256"),
      ];
    },
  },
});

export const registry = setup({ use: { jsonwebtoken: library } });

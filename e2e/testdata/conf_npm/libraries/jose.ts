import { actor, setup } from "@rivetkit/actor";
import { exportJWK, generateKeyPair, importJWK, jwtVerify, SignJWT } from "jose";

const library = actor({
  onAuth: () => {},
  actions: {
    check: async () => {
      const secret = new TextEncoder().encode("a secret of thirty-two characters");
      const token = await new SignJWT({ role: "admin" }).setProtectedHeader({ alg: "HS256" }).setIssuedAt(1000).setSubject("ann").sign(secret);
      const { payload } = await jwtVerify(token, secret);
      const { publicKey, privateKey } = await generateKeyPair("ES256", { extractable: true });
      const signed = await new SignJWT({ a: 1 }).setProtectedHeader({ alg: "ES256" }).sign(privateKey);
      const again = await importJWK(await exportJWK(publicKey), "ES256");
      const wrong = await jwtVerify(token.slice(0, -2) + "AA", secret).catch((error: { code: string }) => error.code);
      return [token.split(".").length, payload, (await jwtVerify(signed, again)).payload.a, wrong];
    },
  },
});

export const registry = setup({ use: { jose: library } });

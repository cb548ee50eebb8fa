// Two OpenID providers for tests: `oidc-provider`, which the OpenID Foundation has certified,
// with its pages for development, where everybody is who they say they are.
//
// It listens on loopback, writes one line of JSON with the addresses to stdout, and ends
// with its stdin.

import { createServer } from "node:http";
import { once } from "node:events";

import { exportJWK, generateKeyPair } from "jose";
import { Provider } from "oidc-provider";

const { redirectUris, secret } = JSON.parse(process.argv[2]);

const keys = await Promise.all(
  ["RS256", "ES256", "EdDSA"].map(async (alg) => {
    const { privateKey } = await generateKeyPair(alg, { extractable: true });
    return { ...(await exportJWK(privateKey)), alg, use: "sig", kid: `key of ${alg}` };
  }),
);

// One that takes the secret in a header, and one that takes it in the form; both have
// clients without a secret.
async function provider(method) {
  const server = createServer();
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const issuer = `http://127.0.0.1:${server.address().port}`;

  const registered = { redirect_uris: redirectUris, grant_types: ["authorization_code"] };
  const speaking = new Provider(issuer, {
    clients: [
      {
        ...registered,
        client_id: "confidential",
        client_secret: secret,
        token_endpoint_auth_method: method,
        id_token_signed_response_alg: method === "client_secret_basic" ? "RS256" : "EdDSA",
      },
      {
        ...registered,
        client_id: "public",
        token_endpoint_auth_method: "none",
        id_token_signed_response_alg: "ES256",
      },
    ],
    clientAuthMethods: [method, "none"],
    claims: { openid: ["sub"], profile: ["name", "preferred_username"] },
    cookies: { keys: ["of no server"] },
    enabledJWA: { idTokenSigningAlgValues: ["RS256", "ES256", "EdDSA"] },
    findAccount: (_, id) => ({
      accountId: id,
      claims: () => ({ sub: id, name: `${id} Ombstack`, preferred_username: id }),
    }),
    jwks: { keys },
    pkce: { required: () => true },
  });
  server.on("request", speaking.callback());
  return issuer;
}

const issuers = {
  basic: await provider("client_secret_basic"),
  post: await provider("client_secret_post"),
};
console.log(JSON.stringify(issuers));
process.stdin.resume();
process.stdin.on("end", () => process.exit());

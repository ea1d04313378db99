/** JSON Schema of `signatures:` in portcullis.yaml: who must have signed what is elsewhere. */
export const signaturesSchema = {
  description:
    "Policies and shared configurations from elsewhere that must be signed, as opa sign or cosign does it: what is not signed so is a problem, and so nothing passes.",
  type: "array",
  default: [],
  items: {
    type: "object",
    additionalProperties: false,
    required: ["policies"],
    properties: {
      policies: {
        description: "Glob pattern of what extends and policies name elsewhere, without protocol: ghcr.io/acme/**.",
        type: "string",
        minLength: 1,
      },
      key: {
        description: "The public key in PEM, RSA or ECDSA, of a signature within the bundle (opa sign).",
        type: "string",
        minLength: 1,
      },
      cosign: {
        description: "A signature that cosign stored in the registry beside the artifact.",
        type: "object",
        additionalProperties: false,
        properties: {
          key: {
            description: "The public key in PEM, such as cosign.pub: ECDSA, RSA or Ed25519.",
            type: "string",
            minLength: 1,
          },
          identity: {
            description:
              "Without a key: the subject of the certificate, such as https://github.com/acme/policies/.github/workflows/release.yml@refs/heads/main.",
            type: "string",
            minLength: 1,
          },
          issuer: {
            description: "Who vouches for the identity, such as https://token.actions.githubusercontent.com.",
            type: "string",
            minLength: 1,
          },
          trustedRoot: {
            description: "The file with the authorities and logs that are trusted (trusted_root.json of Sigstore).",
            type: "string",
            minLength: 1,
          },
        },
      },
    },
  },
} as const;

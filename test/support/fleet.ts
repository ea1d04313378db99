/** Files of small GitOps repositories for the tests of the App. */

/** A repository's rules: no image without a fixed tag. More lines of portcullis.yaml may follow. */
export function rules(more = ""): { readonly [path: string]: string } {
  return {
    "portcullis.yaml": `version: 1\npolicies: [policies]\nmanifests: { include: ["apps/**"] }\n${more}`,
    "policies/tag.rego": NO_LATEST,
  };
}

export const NO_LATEST = `# METADATA
# title: Images have a fixed tag
package main

deny contains msg if {
  some container in input.spec.template.spec.containers
  endswith(container.image, ":latest")
  msg := sprintf("container %s uses a tag that moves", [container.name])
}
`;

/** A Deployment whose image stands on line 14. */
export function deployment(image: string, name = "web"): string {
  return `apiVersion: apps/v1
kind: Deployment
metadata:
  name: ${name}
  namespace: shop
spec:
  selector: { matchLabels: { app: ${name} } }
  template:
    metadata:
      labels: { app: ${name} }
    spec:
      containers:
        - name: main
          image: ${image}
`;
}

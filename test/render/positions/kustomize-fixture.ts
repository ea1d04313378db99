/**
 * A tree with every way to set a value. A comment `#@mark` marks a line that a case expects; where no comment can stand
 * (a text that is not YAML, an empty place) cases name the line's text.
 */
export const fixture: { readonly [path: string]: string } = {
  "base/kustomization.yaml": `apiVersion: kustomize.config.k8s.io/v1beta1
kind: Kustomization
resources:
  - web.yaml
  - db.yaml #@db-entry
  - rbac.yaml
  - items.yaml
commonLabels: #@common-labels
  app: shop #@base-label
configMapGenerator:
  - name: settings #@settings-name
    literals:
      - level=low
      - color=blue #@color
    files:
      - motd.txt #@motd
      - other=other.txt #@other
    envs:
      - base.env
    options:
      labels:
        made: here #@made
secretGenerator:
  - name: token #@token
    type: kubernetes.io/basic-auth #@type
    literals: [user=me, pass=word] #@pass
generatorOptions:
  annotations:
    note: generated #@note
`,
  "base/motd.txt": "hello\n",
  "base/other.txt": "other\n",
  "base/base.env": "# first\nPORT=80\nHOST=a=b\n",
  "base/web.yaml": `# the front
---
apiVersion: apps/v1
kind: Deployment
metadata:
  name: web
  annotations:
    team: front #@team
spec:
  replicas: 1
  selector: {matchLabels: {tier: web}} #@selector
  template: #@template
    metadata:
      labels: {tier: web} #@tier
    spec:
      serviceAccountName: runner #@account
      containers: #@containers
        - name: side #@side
          image: side:1.0
          args: [one, two] #@args
        - name: web #@web
          image: nginx:1.0
          imagePullPolicy: IfNotPresent
          ports: #@ports
            - containerPort: 80 #@port-80
            - containerPort: 443 #@port-443
          env:
            - name: A
              value: "1" #@env-a
            - name: B
              value: "2"
          envFrom:
            - configMapRef:
                name: settings #@reference
          resources: {}
---
apiVersion: v1
kind: Service
metadata:
  name: web
spec:
  ports:
    - port: 80 #@service-port
`,
  "base/db.yaml": `apiVersion: apps/v1
kind: StatefulSet
metadata: {name: db}
spec:
  serviceName: db #@service-name
  template:
    spec:
      containers:
        - name: db
          image: postgres
`,
  "base/rbac.yaml": `apiVersion: v1
kind: ServiceAccount
metadata: {name: runner}
---
apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRoleBinding
metadata: {name: runner}
roleRef: {apiGroup: rbac.authorization.k8s.io, kind: ClusterRole, name: view} #@role
subjects:
  - kind: ServiceAccount #@subject-kind
    name: runner
    namespace: default
`,
  "base/items.yaml": `apiVersion: v1
kind: ConfigMapList
items:
  - apiVersion: v1
    kind: ConfigMap
    metadata: {name: one}
    data: {a: "1"} #@one
  - apiVersion: v1
    kind: ConfigMap
    metadata: {name: two}
    data:
      b: "2" #@two
`,
  "parts/kustomization.yaml": `apiVersion: kustomize.config.k8s.io/v1alpha1
kind: Component
resources: [extra.yaml]
patches:
  - target: {kind: Deployment}
    patch: |-
      - op: add
        path: /spec/template/spec/priorityClassName
        value: high #@priority
      - op: replace
        path: /spec/template/spec/containers/1/imagePullPolicy
        value: Always #@pull
labels:
  - pairs: {part: extra} #@part
    includeTemplates: true
`,
  "parts/extra.yaml": `apiVersion: v1
kind: ConfigMap
metadata:
  name: extra
data:
  x: z #@extra
`,
  "mid/kustomization.yaml": `resources:
  - ../base
components:
  - ../parts
namePrefix: mid- #@mid-prefix
images: #@images
  - name: nginx
    newTag: "2.0" #@nginx-tag
  - name: postgres #@postgres
    newName: registry.example/postgres
    digest: sha256:24a0c4b4a4c0eb97a1aabb8e29f18e917d05abfe1b7a7c07857230879ce7d3d3
replicas:
  - name: web
    count: 3 #@replicas
patches:
  - path: web-patch.yaml
  - path: ops.yaml
    target:
      kind: StatefulSet
      name: d.*
patchesStrategicMerge:
  - service.yaml
  - |-
    apiVersion: v1
    kind: ConfigMap
    metadata:
      name: one
    data:
      added: inline #@added
replacements:
  - source: {kind: ConfigMap, name: one, fieldPath: data.a}
    targets:
      - select: {kind: StatefulSet}
        fieldPaths:
          - spec.template.spec.containers.[name=db].args.0 #@replaced
        options: {create: true}
  - path: replacement.yaml
`,
  "mid/web-patch.yaml": `apiVersion: apps/v1
kind: Deployment
metadata:
  name: web
spec:
  template:
    spec:
      containers:
        - name: web
          env:
            - name: B
              value: patched #@env-b
            - name: C
              value: new #@env-c
          resources: #@resources
            limits: {memory: 1Gi} #@limits
        - name: added #@added-container
          image: busybox:1.0 #@busybox
`,
  "mid/ops.yaml": `- op: add
  path: /spec/template/spec/containers/0/securityContext
  value:
    privileged: true #@privileged
- op: add
  path: /spec/template/spec/containers/0/args
  value: [first, second]
- {op: add, path: /metadata/annotations, value: {by: ops}} #@by-ops
`,
  "mid/service.yaml": `apiVersion: v1
kind: Service
metadata: {name: web}
spec:
  type: LoadBalancer #@balancer
`,
  "mid/replacement.yaml": `source: {kind: ConfigMap, name: two, fieldPath: data.b}
targets:
  - select: {kind: Service}
    fieldPaths:
      - metadata.annotations.copy\\.of #@copied
    options: {create: true}
`,
  "top/kustomization.yaml": `namespace: prod #@namespace
nameSuffix: -eu #@suffix
commonAnnotations:
  owner: ops #@owner
resources:
  - ../mid
configMapGenerator:
  - name: settings
    behavior: merge
    literals:
      - level=high #@level
patches:
  - target: {labelSelector: app=shop, kind: Service}
    patch: '[{"op": "add", "path": "/spec/externalTrafficPolicy", "value": "Local"}]' #@json
  - patch: |
      apiVersion: apps/v1
      kind: Deployment
      metadata:
        name: web
      spec:
        template:
          spec:
            hostNetwork: true #@host-network
            containers:
              - name: side
                image: side:2.0 #@side-image
`,
  "plain/kustomization.yaml": `resources:
  - pod.yaml #@pod-entry
transformers:
  - |-
    apiVersion: builtin
    kind: ImageTagTransformer
    metadata: {name: images}
    imageTag: {name: app, newTag: "9"}
`,
  "plain/pod.yaml": `apiVersion: v1
kind: Pod
metadata:
  name: pod
spec:
  containers:
    - name: app
      image: app:1 #@app
`,
  "twice/kustomization.yaml": "resources: [a, b]\n",
  "twice/a/kustomization.yaml":
    "resources: [../../plain-base]\nnamePrefix: a-\nreplicas: [{name: same, count: 2}] #@twice-a\n",
  "twice/b/kustomization.yaml":
    "resources: [../../plain-base]\nnamePrefix: b-\nreplicas: [{name: same, count: 3}] #@twice-b\n",
  "plain-base/kustomization.yaml": "resources: [same.yaml]\n",
  "plain-base/same.yaml":
    "apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: same}\nspec:\n  replicas: 1\n  paused: true #@paused\n",
};

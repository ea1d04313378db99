/** The Deployment of the demo as it stands on main: nothing in the library complains about it. */
export const SHOP = `apiVersion: apps/v1
kind: Deployment
metadata:
  name: web
  namespace: shop
spec:
  replicas: 2
  selector:
    matchLabels:
      app: web
  template:
    metadata:
      labels:
        app: web
    spec:
      securityContext:
        runAsNonRoot: true
        seccompProfile:
          type: RuntimeDefault
      containers:
        - name: nginx
          image: registry.k8s.io/nginx:1.27.3
          ports:
            - containerPort: 8080
          readinessProbe:
            httpGet:
              path: /ready
              port: 8080
          livenessProbe:
            httpGet:
              path: /live
              port: 8080
          resources:
            requests:
              cpu: 100m
              memory: 128Mi
            limits:
              memory: 128Mi
          securityContext:
            allowPrivilegeEscalation: false
            capabilities:
              drop: [ALL]
`;

/** What the pull request makes of it first. */
export const WORSE = SHOP.replace("nginx:1.27.3", "nginx:latest").replace(
  "allowPrivilegeEscalation: false",
  "privileged: true",
);

/** And then. */
export const FIXED = SHOP.replace("nginx:1.27.3", "nginx:1.29.1");

import { expect, test } from "@jest/globals";
import { manifestDiff } from "../../../src/gate/reporting/manifest-diff.ts";
import { manifest } from "../dangers/states.ts";
import { processorTime } from "../../support/processor-time.ts";

const updated = (before: string, after: string): string =>
  manifestDiff({ kind: "updated", before: manifest(before), after: manifest(after) });

test("an update is shown with three lines around it, whatever the order of the keys", () => {
  const before = `kind: Deployment
apiVersion: apps/v1
metadata: { name: web, labels: { b: "2", a: "1" } }
spec:
  replicas: 1
  template: { spec: { containers: [{ name: web, image: "web:1", ports: [{ containerPort: 80 }] }] } }
`;
  const after = `apiVersion: apps/v1
kind: Deployment
metadata: { labels: { a: "1", b: "2" }, name: web }
spec:
  template: { spec: { containers: [{ image: "web:2", name: web, ports: [{ containerPort: 80 }] }] } }
  replicas: 1
`;
  expect(updated(before, after)).toBe(`@@ -10,7 +10,7 @@
   template:
     spec:
       containers:
-        - image: web:1
+        - image: web:2
           name: web
           ports:
             - containerPort: 80`);
});

test("what is created or deleted is shown whole", () => {
  const one = manifest('apiVersion: v1\nkind: ConfigMap\nmetadata: { name: a }\ndata: { text: "x\\ny\\n" }\n');
  expect(manifestDiff({ kind: "created", after: one })).toBe(`@@ -0,0 +1,8 @@
+apiVersion: v1
+kind: ConfigMap
+metadata:
+  name: a
+data:
+  text: |
+    x
+    y`);
  expect(manifestDiff({ kind: "deleted", before: one })).toContain("-kind: ConfigMap");
});

test("values of a Secret are hidden, and which of them changed is not", () => {
  const secret = (password: string, more = ""): string =>
    `apiVersion: v1
kind: Secret
metadata:
  name: db
  annotations:
    note: the password is ${password}
    kubectl.kubernetes.io/last-applied-configuration: '{"data":{"password":"${password}"}}'
stringData: { password: ${password}, user: administrator${more} }
`;
  const diff = updated(secret("hunter2"), secret("correct-horse", ", host: db.internal"));
  expect(diff).toContain("-  password: '*** (before)'\n");
  expect(diff).toContain("+  password: '*** (after)'\n");
  expect(diff).toContain("+  host: '***'\n");
  expect(diff).toMatch(/^ {3}user: '\*\*\*'$/m);
  expect(diff).not.toMatch(/hunter2|correct-horse|db\.internal|administrator/);
});

test("an integer that no double holds is shown digit by digit", () => {
  const one = manifest("apiVersion: v1\nkind: X\nmetadata: { name: a }\n");
  const large = { ...one, value: { ...one.value, spec: { id: 9007199254740993n } } };
  expect(manifestDiff({ kind: "updated", before: one, after: large })).toContain("9007199254740993");
});

test("an unchanged manifest has no difference", () => {
  const one = manifest("apiVersion: v1\nkind: X\nmetadata: { name: a }\n");
  expect(manifestDiff({ kind: "unchanged", before: one, after: one })).toBe("");
});

test("texts that have little in common are counted, not compared for minutes", () => {
  const long = (word: string): string =>
    `apiVersion: v1\nkind: X\nmetadata: { name: a }\nspec: [${Array.from({ length: 9_000 }, (_, i) => word + i).join(", ")}]\n`;
  const [before, after] = [long("a"), long("b")];
  let diff = "";
  expect(processorTime(() => (diff = updated(before, after)))).toBeLessThan(15_000);
  expect(diff).toBe("@@ 9005 lines before, 9005 after: too many differ to be shown @@");
});

import { keysOf, pointerOf, stablePointerOf, valueAt } from "../manifest/pointer.ts";
import { canonicalJson } from "../manifest/canonical-json.ts";
import { isList } from "../manifest/member.ts";
import type { Json, JsonObject } from "../model/json.ts";
import type { Level, Operation } from "../model/policy.ts";
import type { Cause } from "../model/violation.ts";
import { expand, type Expanded, type Expansion } from "./expansion.ts";
import type { KnownObjects } from "./known-objects.ts";
import { matches, type Reviewed } from "./match.ts";
import type { Constraint } from "./read-constraint.ts";
import { reviewOf, type ReviewSubject } from "./review.ts";
import type { CodeAsk, TemplateCode } from "./template-code.ts";

/** One object to review. */
export interface ReviewAsk {
  /** File and line, for messages. */
  readonly place: string;
  readonly object: JsonObject;
  readonly oldObject?: JsonObject;
  readonly operation: Operation | "";
  readonly group: string;
  readonly version: string;
  readonly kind: string;
  readonly namespace: string | undefined;
  readonly known: KnownObjects;
  /** Takes the place of the review that is made from the object. */
  readonly review?: JsonObject;
}

/** What one constraint found in one object. */
export interface ReviewResult {
  readonly constraint: Constraint;
  readonly level: Level;
  readonly message: string;
  readonly details?: Json;
  /** Pointers lead from the object that is written. */
  readonly causes: readonly Cause[];
  /** It is only shown: Gatekeeper has no violation there. */
  readonly isAdmitted?: true;
}

/** What the constraints found in one object, and what they could not tell. */
export interface ReviewAnswer {
  readonly results: readonly ReviewResult[];
  readonly failures: readonly string[];
}

/** What reviews are made with. */
export interface Reviewer {
  readonly constraints: readonly Constraint[];
  readonly expansions: readonly Expansion[];
  /** The code of a template, by its kind; undefined where it is not judged. */
  readonly codeOf: (kind: string) => TemplateCode | undefined;
}

interface Task {
  readonly at: number;
  readonly constraint: Constraint;
  readonly ask: CodeAsk;
  readonly expanded?: Expanded;
}

/** Reviews objects, and what controllers would make of them, with the constraints that match. One answer for each, in order. */
export async function reviewObjects(
  reviewer: Reviewer,
  asks: readonly ReviewAsk[],
  isAsked: (constraint: Constraint, at: number) => boolean = () => true,
): Promise<readonly ReviewAnswer[]> {
  const results = asks.map((): ReviewResult[] => []);
  const failures = asks.map((): string[] => []);
  const tasks: Task[] = [];
  for (const [at, ask] of asks.entries()) {
    const written: Reviewed = reviewedOf(ask, ask.object, "Original");
    plan(at, ask, written, undefined);
    if (ask.operation === "DELETE" || ask.review !== undefined) continue;
    const { made, faults } = expand(ask.object, reviewer.expansions);
    failures[at]?.push(...faults);
    for (const one of made) plan(at, ask, reviewedOf({ ...ask, ...one.expansion }, one.object, "Generated"), one);
  }
  const byKind = new Map<string, Task[]>();
  for (const task of tasks) {
    const { kind } = task.constraint.template;
    const known = byKind.get(kind);
    if (known === undefined) byKind.set(kind, [task]);
    else known.push(task);
  }
  for (const [kind, of] of byKind) {
    const code = reviewer.codeOf(kind);
    const answers = (await code?.ask(of.map(({ ask }) => ask))) ?? [];
    for (const [n, answer] of answers.entries()) {
      const task = of[n];
      if (task === undefined) continue;
      const { at, constraint, expanded } = task;
      const { id } = constraint.policy;
      failures[at]?.push(...answer.failures.map((one) => `policy ${id} could not be judged: ${one}`));
      for (const { message, details, causes, isAdmitted } of answer.results) {
        if (constraint.level === undefined) continue;
        const name = expanded?.expansion.name;
        add(results[at] ?? [], {
          constraint,
          level: isAdmitted === true ? "info" : (expanded?.expansion.level ?? constraint.level),
          ...(isAdmitted === undefined ? {} : { isAdmitted }),
          message: name === undefined ? message : `[Implied by ${name}] ${message}`,
          ...(details === undefined ? {} : { details }),
          causes:
            expanded === undefined ? causes : causes.map((one) => inWritten(asks[at]?.object ?? {}, expanded, one)),
        });
      }
    }
  }
  return asks.map((_, at) => ({ results: results[at] ?? [], failures: [...new Set(failures[at])] }));

  function plan(at: number, ask: ReviewAsk, reviewed: Reviewed, expanded: Expanded | undefined): void {
    for (const constraint of reviewer.constraints) {
      if (constraint.level === undefined || !isAsked(constraint, at) || !isCalled(constraint, ask.operation)) continue;
      const found = matches(constraint.match, reviewed);
      if (found === "no") continue;
      if (found === "unknown") {
        const level = expanded?.expansion.level ?? constraint.level;
        add(results[at] ?? [], unknownNamespace(constraint, level, reviewed.namespace ?? ""));
        continue;
      }
      const subject = subjectOf(ask, reviewed, expanded);
      const review = ask.review ?? reviewOf(subject);
      tasks.push({
        at,
        constraint,
        ...(expanded === undefined ? {} : { expanded }),
        ask: {
          place: ask.place,
          object: subject.object,
          data: ask.known.inventory,
          review,
          constraint,
        },
      });
    }
  }
}

/** Whether Gatekeeper would be called: for deletions only where the template says so. */
function isCalled({ template: { operations } }: Constraint, operation: Operation | ""): boolean {
  if (operation === "DELETE") return operations.includes("DELETE") || operations.includes("*");
  return operation === "" || operations.length === 0 || operations.includes(operation) || operations.includes("*");
}

function reviewedOf(
  { group, kind, namespace, known }: Pick<ReviewAsk, "group" | "kind" | "namespace" | "known">,
  object: JsonObject,
  source: Reviewed["source"],
): Reviewed {
  const namespaceObject = namespace === undefined ? undefined : known.namespace(namespace);
  return { object, group, kind, namespace, source, ...(namespaceObject === undefined ? {} : { namespaceObject }) };
}

function subjectOf(ask: ReviewAsk, reviewed: Reviewed, expanded: Expanded | undefined): ReviewSubject {
  const { group, kind, namespace, namespaceObject, object } = reviewed;
  const about = {
    object,
    group,
    kind,
    namespace,
    version: expanded?.expansion.version ?? ask.version,
    ...(namespaceObject === undefined ? {} : { namespaceObject }),
  };
  // What a controller would make is reviewed without an operation.
  if (expanded !== undefined) return { ...about, operation: "" };
  return { ...about, operation: ask.operation, ...(ask.oldObject === undefined ? {} : { oldObject: ask.oldObject }) };
}

function unknownNamespace(constraint: Constraint, level: Level, namespace: string): ReviewResult {
  return {
    constraint,
    level,
    message: `the Namespace ${namespace} is not in this environment, so that its labels are not known and the constraint counts as violated`,
    causes: [{ pointer: "/metadata/namespace", stablePointer: "/metadata/namespace", precision: "value" }],
  };
}

/** What a constraint finds in an object and in what a controller makes of it is one result. */
function add(results: ReviewResult[], result: ReviewResult): void {
  const key = (one: ReviewResult): string =>
    canonicalJson([
      one.constraint.policy.id,
      one.level,
      one.message,
      one.details ?? null,
      ...one.causes.map(({ pointer }) => pointer),
    ]);
  if (!results.some((one) => key(one) === key(result))) results.push(result);
}

/** A cause in what a controller makes, as one in the object that is written. */
function inWritten(written: JsonObject, { source }: Expanded, cause: Cause): Cause {
  const place = (pointer: string): { readonly path: (string | number)[]; readonly whole: boolean } => {
    const keys = [...source, ...keysOf(pointer)];
    const path: (string | number)[] = [];
    let at: Json | undefined = written;
    for (const key of keys) {
      const step = isList(at) ? Number(key) : key;
      at = valueAt(at, [key]);
      if (at === undefined) return { path, whole: false };
      path.push(step);
    }
    return { path, whole: true };
  };
  const { path, whole } = place(cause.pointer);
  const { compared, ...own } = cause;
  const others = compared?.map((one) => pointerOf(place(one).path)) ?? [];
  const isParent = !whole || cause.precision === "manifest";
  return {
    ...own,
    pointer: pointerOf(path),
    stablePointer: stablePointerOf(written, path),
    ...(isParent ? { precision: "parent" as const } : {}),
    ...(others.length === 0 ? {} : { compared: others }),
  };
}

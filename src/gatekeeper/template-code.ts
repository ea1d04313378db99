import type { JsonObject } from "../model/json.ts";
import type { TemplateAnswer, TemplateData, TemplateEngine } from "../rego/template/template-engine.ts";
import type { Constraint } from "./read-constraint.ts";

/** One review by one constraint. */
export interface CodeAsk {
  /** File and line of the object, for messages. */
  readonly place: string;
  /** The object of the review, in which causes are located. */
  readonly object: JsonObject;
  readonly review: JsonObject;
  readonly constraint: Constraint;
  readonly data: TemplateData;
}

/** The code of one template, compiled, whatever language it is in. */
export interface TemplateCode extends Omit<TemplateEngine, "ask" | "apart"> {
  ask(asks: readonly CodeAsk[]): Promise<readonly TemplateAnswer[]>;
  /** The same code in an instance of its own. It ends with this one. */
  apart(): TemplateCode;
}

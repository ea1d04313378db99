import type { JsonObject } from "../../../model/json.ts";

/** The values that a template is filled with: nested with `goTemplate: true`, else flat (`path.basename`). */
export type TemplateParameters = JsonObject;

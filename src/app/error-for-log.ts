import { refusalOf, type Refusal } from "../github/failure.ts";

/** What the log says of an error. Every other property of it is left out: libraries attach requests and payloads. */
export interface ErrorForLog {
  readonly type: string;
  readonly message: string;
  readonly code?: string;
  /** The frames of the stack, without the message that V8 puts before them. */
  readonly stack?: readonly string[];
  readonly github?: Refusal;
  readonly cause?: ErrorForLog;
  readonly errors?: readonly ErrorForLog[];
}

const LONGEST_MESSAGE = 300;
const MOST_FRAMES = 8;
const MOST_ERRORS = 5;
const DEEPEST = 4;

/** The error behind the one that @octokit/webhooks throws: it collects the errors of all handlers, mostly one. */
export function singleErrorOf(error: unknown): unknown {
  return error instanceof AggregateError && error.errors.length === 1 ? error.errors[0] : error;
}

/** Describes a value that was thrown with what a library cannot have filled with a request, a header or a payload. */
export function errorForLog(thrown: unknown, depth = 0): ErrorForLog {
  if (!(thrown instanceof Error)) return { type: typeof thrown, message: "something that is not an error was thrown" };
  const github = refusalOf(thrown);
  const code = "code" in thrown && typeof thrown.code === "string" ? thrown.code : undefined;
  const stack = framesOf(thrown);
  const deeper = depth < DEEPEST;
  return {
    type: thrown.name,
    message: github === undefined ? messageOf(thrown, code) : github.message,
    ...(code === undefined ? {} : { code }),
    ...(stack.length === 0 ? {} : { stack }),
    ...(github === undefined ? {} : { github }),
    ...(deeper && thrown.cause instanceof Error ? { cause: errorForLog(thrown.cause, depth + 1) } : {}),
    ...(deeper && thrown instanceof AggregateError
      ? { errors: thrown.errors.slice(0, MOST_ERRORS).map((error) => errorForLog(error, depth + 1)) }
      : {}),
  };
}

/** The cause of an error in one line. */
export function causeOf(thrown: unknown): string {
  const { type, message, code, github } = errorForLog(thrown);
  if (github !== undefined) return `GitHub answered ${github.status} to ${github.request}: ${github.message}`;
  return code === undefined || message.includes(code) ? `${type}: ${message}` : `${type} ${code}: ${message}`;
}

/**
 * The first line of a message. JSON.parse quotes the text that it was given, and PostgreSQL the value that it could not
 * read (class 22 of its error codes); both are cut out.
 */
function messageOf(error: Error, code: string | undefined): string {
  if (error instanceof AggregateError) return `${error.errors.length} errors`;
  const quotesInput = error instanceof SyntaxError || /^22[0-9A-Z]{3}$/.test(code ?? "");
  const message = quotesInput ? error.message.replace(/["'`].*["'`]|"[^]*/s, "…") : error.message;
  return (message.split("\n", 1)[0] ?? "").slice(0, LONGEST_MESSAGE);
}

function framesOf(error: Error): readonly string[] {
  const lines = (error.stack ?? "").split("\n");
  const frames = lines.filter((line) => /^ {4}at [^"']{1,300}:\d+:\d+\)?$/.test(line));
  return frames.slice(0, MOST_FRAMES).map((line) => line.trim());
}

/** One thing that is asked for. */
export interface HttpRequest {
  readonly url: string;
  /** What is asked for, in messages: "the index of https://…". */
  readonly what: string;
  readonly maxBytes: number;
  readonly headers?: { readonly [name: string]: string };
  /** A header that is sent to the origin of `url`, and to no other. */
  readonly authorization?: string;
  /** Statuses besides 200 that are an answer, whose body does not matter. */
  readonly expected?: readonly number[];
  /** Whether it may come compressed. */
  readonly inflate?: boolean;
  /** Sent with POST, as a form. */
  readonly form?: URLSearchParams;
  /** Sent with POST, as it is. */
  readonly body?: Uint8Array;
  /** Takes what comes, piece by piece, in place of the answer's `bytes`. After the first piece nothing is tried again. */
  readonly sink?: (piece: Uint8Array) => Promise<void>;
  /** What must not show in messages, besides the authorization. */
  readonly secrets?: readonly string[];
}

/** What a server answered. Its headers by lower-case name. */
export interface HttpAnswer {
  /** Where it came from in the end. */
  readonly url: URL;
  readonly status: number;
  readonly bytes: Uint8Array;
  readonly header: (name: string) => string | undefined;
}

/** Asks servers under the rules of the room: which may be asked, how long, and how much they may say. */
export interface HttpClient {
  ask(request: HttpRequest): Promise<HttpAnswer>;
}

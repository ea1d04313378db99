import { forgetAnswers } from "./test-cache.ts";

/** What Jest does once before it starts its workers. */
export default function beforeAll(): void {
  forgetAnswers();
}

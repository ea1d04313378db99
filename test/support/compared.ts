import { QUERY_PAUSE, type TestApp } from "./app.ts";
import { until } from "./until.ts";

/** Waits until no comparison with GitHub is due or under way, and all that follows from them is done. */
export async function compared(app: TestApp): Promise<void> {
  const ended = async (): Promise<boolean> => {
    const rows = await app.server.database.query(
      `select part from portcullis.reconciliations
       where finished_at is null or finished_at < started_at or wanted_at > started_at`,
    );
    return rows.length === 0;
  };
  await until(ended, "the comparison with GitHub", QUERY_PAUSE);
  await app.idle();
}

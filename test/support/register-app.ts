/** A form of a page: where it leads, and what it sends. */
export interface Form {
  readonly action: string;
  readonly fields: URLSearchParams;
}

const plain = (text: string): string =>
  text.replaceAll("&quot;", '"').replaceAll("&#39;", "'").replaceAll("&amp;", "&");

/** The form of a page, as a browser sees it. */
export async function formAt(response: Response): Promise<Form> {
  const html = await response.text();
  const action = new URL(plain(/<form method="post" action="([^"]*)"/.exec(html)?.[1] ?? ""), response.url).href;
  const fields = new URLSearchParams();
  for (const [, name = "", value = ""] of html.matchAll(/<input type="hidden" name="(\w+)" value="([^"]*)">/g))
    fields.set(name, plain(value));
  return { action, fields };
}

const submit = ({ action, fields }: Form): Promise<Response> =>
  fetch(action, { method: "POST", body: fields, redirect: "manual" });

/** Goes through GitHub's pages; returns the address at which GitHub sends the browser back. */
export async function register(url: string): Promise<string> {
  const confirm = await submit(await formAt(await fetch(url)));
  if (confirm.status !== 200) throw new Error(`GitHub refused the manifest: ${await confirm.text()}`);
  return (await submit(await formAt(confirm))).headers.get("location") ?? "";
}

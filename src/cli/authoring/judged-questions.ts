import { documentSources } from "../../config/document-sources.ts";
import { builtinChecks } from "../../engine/builtin-checks.ts";
import { openJudge } from "../../engine/open-judge.ts";
import { openDocumentParser } from "../../engine/open-document-parser.ts";
import { openRemotes } from "../../engine/open-remotes.ts";
import { openRenderer } from "../../engine/open-renderer.ts";
import { withDocumentJudges } from "../../engine/with-document-judges.ts";
import { check } from "../../gate/check.ts";
import type { Judge, Question } from "../../model/judge.ts";
import type { ManifestName } from "../../model/finding.ts";
import type { Policy, PolicySources } from "../../model/policy.ts";
import type { Report } from "../../model/report.ts";
import type { Tree } from "../../model/tree.ts";
import { ownRepositories } from "../own-repositories.ts";
import { progressLine } from "../progress.ts";
import { readPolicies, type PolicyOptions } from "../read-policies.ts";
import { changeSubject, directorySubject } from "../subject.ts";

/** How a judgement is repeated. */
export interface RepeatOptions extends PolicyOptions {
  readonly base?: string;
  readonly head?: string;
  readonly repo?: string;
  readonly config?: string;
  readonly offline?: boolean;
  readonly now?: string;
}

/** A judgement with every question that was asked for it. */
export interface Repeated {
  readonly report: Report;
  readonly questions: readonly Question[];
  readonly sources: PolicySources;
  /** The policies of each entry of `documents:`. */
  readonly ofDocuments: readonly PolicySources[];
  readonly policies: readonly Policy[];
  readonly after: Tree;
  readonly now: string;
  readonly shown: (path: string) => string;
}

/** Judges as `portcullis check` does, without what earlier runs kept, and keeps what the policies were asked. */
export async function repeatJudgement(named: readonly string[], options: RepeatOptions): Promise<Repeated> {
  const cwd = process.cwd();
  const now = options.now ?? new Date().toISOString();
  const progress = progressLine(process.stderr, "reading and rendering", "judged");
  const subject =
    options.base === undefined
      ? await directorySubject(named, { ...options, allowEmpty: true }, cwd)
      : await changeSubject(named, { ...options, base: options.base }, cwd);
  const renderer = openRenderer();
  const documentParser = openDocumentParser();
  let judge: Judge | undefined;
  try {
    const { configuration } = subject;
    const { config } = configuration;
    const read = await readPolicies(options, configuration, cwd, (line) => {
      progress.clear();
      process.stderr.write(`portcullis: ${line}\n`);
    });
    const ofDocuments = await documentSources(configuration.tree, config, configuration.source);
    judge = withDocumentJudges(
      await openJudge(read.sources, now),
      await Promise.all(ofDocuments.map(({ sources }) => openJudge(sources, now, { rules: false }))),
    );
    const asked = judge;
    const questions: Question[] = [];
    const recording: Judge = {
      ...asked,
      judge: (of) => {
        questions.push(...of);
        return asked.judge(of);
      },
    };
    const remotes = openRemotes(config.remotes, { versions: renderer.versions, offline: options.offline === true });
    const { builtins } = builtinChecks(config, configuration.source);
    const report = await check({
      renderer,
      documentParser,
      ...(remotes === undefined ? {} : { remotes }),
      builtins,
      repositories: await ownRepositories(subject.after.name),
      after: subject.after,
      ...(subject.before === undefined ? {} : { before: subject.before }),
      config,
      ...(configuration.source === undefined ? {} : { configSource: configuration.source }),
      judge: recording,
      now,
      judged: subject.judged,
      paths: subject.paths,
      problems: [
        ...configuration.problems,
        ...[read, ...ofDocuments].flatMap(({ problems, refused }) => [...problems, ...refused]),
      ],
      allowEmpty: true,
      onProgress: progress,
    });
    return {
      report,
      questions,
      sources: read.sources,
      ofDocuments: ofDocuments.map(({ sources }) => sources),
      policies: [...asked.policies, ...builtins.flatMap(({ policies }) => policies)],
      after: subject.after,
      now,
      shown: subject.shown,
    };
  } finally {
    progress.end();
    renderer.close();
    documentParser.close();
    await judge?.close();
    await subject.close();
  }
}

/** The policies that a question is asked of. */
export function sourcesOf({ sources, ofDocuments }: Repeated, { manifest }: Question): PolicySources {
  return manifest.document === undefined ? sources : (ofDocuments[manifest.document] ?? sources);
}

/** The question about a manifest, with an environment if one is given; undefined where none was asked. */
export function questionAbout(
  questions: readonly Question[],
  { apiVersion, kind, namespace, name }: ManifestName,
  environment?: string,
): Question | undefined {
  const about = questions.filter(
    ({ manifest }) =>
      manifest.apiVersion === apiVersion &&
      manifest.identity.kind === kind &&
      manifest.identity.namespace === namespace &&
      manifest.identity.name === name,
  );
  // The tree after is asked about last.
  const inIt = about.filter(({ manifest }) => manifest.environment === environment);
  return inIt.at(-1) ?? about.at(-1);
}

/**
 * Each manifest of the tree after once: it is asked about last, and those that rules look other objects up for are asked about
 * again, with these objects.
 */
export function lastOfEach(questions: readonly Question[]): readonly Question[] {
  const each = new Map<string, Question>();
  for (const question of questions) {
    const { environment, source, identity, position } = question.manifest;
    const { path, document, pointer } = position;
    each.set(JSON.stringify([identity, environment, source, path, document, pointer]), question);
  }
  return [...each.values()];
}

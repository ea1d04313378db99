import { addressAttacks, answerAttacks } from "./addresses.ts";
import { archiveAttacks, indexAttacks } from "./helm.ts";
import { registryAttacks } from "./registries.ts";
import { repositoryAttacks } from "./repositories.ts";

/** All attacks by what they are upon. */
export const attacks = {
  addresses: addressAttacks,
  answers: answerAttacks,
  indexes: indexAttacks,
  archives: archiveAttacks,
  registries: registryAttacks,
  repositories: repositoryAttacks,
};

/** The name of the configuration, at the root of a repository. */
export const CONFIG_FILE = "portcullis.yaml";
/** What people call it by mistake. */
export const MISNAMED_CONFIG_FILE = "portcullis.yml";
/** What is wrong with a file of that name. */
export const MISNAMED = `the file must be called ${CONFIG_FILE}`;

/** The largest file that is read. A larger one is neither a manifest nor a policy, and would not fit into memory. */
export const maxBytes = 256 * 1024 * 1024;

/** Larger files are never manifests or policies, and would not fit into memory. */
export const maxBytes = 256 * 1024 * 1024;

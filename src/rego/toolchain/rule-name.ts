/** The names of functions that are made of rules, such as `g0.data.main.deny`. */
export const ruleName = /^g\d+\.data\./;

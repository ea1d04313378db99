/**
 * The steps that an allocation takes. What a rule does without loops of its own, such as calling a builtin, allocates; so a step
 * takes about as long whatever a rule does: 20 to 180 ns.
 */
export const stepsOfAllocation = 4;

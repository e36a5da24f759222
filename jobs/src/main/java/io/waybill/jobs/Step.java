package io.waybill.jobs;

/**
 * The typed arguments of one action, ready to be carried out: every expression rendered, every
 * default filled in.
 *
 * <p>The set is open. A new kind of step is one record that implements this, one {@link
 * StepHandler} and one {@link StepType}; embedders hand theirs in by {@link
 * java.util.ServiceLoader} as {@link StepType}s.
 */
public interface Step {}

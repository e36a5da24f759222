/**
 * The expressions of the job file: takes texts with {@code ${...}} apart, and renders them when a
 * step runs.
 */
@NullMarked
package io.waybill.jobs.expression;

import org.jspecify.annotations.NullMarked;

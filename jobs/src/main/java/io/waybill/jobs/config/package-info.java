/**
 * The job file: finds it, reads it, checks it against the key registry, and makes a {@code
 * Configuration} of it.
 */
@NullMarked
package io.waybill.jobs.config;

import org.jspecify.annotations.NullMarked;

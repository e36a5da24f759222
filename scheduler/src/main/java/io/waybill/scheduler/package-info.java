/**
 * The vocabulary of the scheduler: when a job is due, how its runs are recorded, when it is tried
 * again.
 */
@NullMarked
package io.waybill.scheduler;

import org.jspecify.annotations.NullMarked;

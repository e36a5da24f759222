/** Runs a job, retries a step, writes it down. */
@NullMarked
package io.waybill.jobs.run;

import org.jspecify.annotations.NullMarked;

/** Fires jobs with Quartz over the scheduler's store; the only package that knows Quartz. */
@NullMarked
package io.waybill.scheduler.quartz;

import org.jspecify.annotations.NullMarked;

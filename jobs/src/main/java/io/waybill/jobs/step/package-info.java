/** One handler for each kind of step; the only place that picks a protocol. */
@NullMarked
package io.waybill.jobs.step;

import org.jspecify.annotations.NullMarked;

/** One process that owns the store: scheduler, control channel, signals. */
@NullMarked
package io.waybill.jobs.daemon;

import org.jspecify.annotations.NullMarked;

/**
 * Watching a directory for files that are finished: looks at an interval, events only to look
 * sooner.
 */
@NullMarked
package io.waybill.transfer.watch;

import org.jspecify.annotations.NullMarked;

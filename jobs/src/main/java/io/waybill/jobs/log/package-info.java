/**
 * Keeps secrets out of everything that is logged; the only package besides the command line that
 * knows the log's library.
 */
@NullMarked
package io.waybill.jobs.log;

import org.jspecify.annotations.NullMarked;

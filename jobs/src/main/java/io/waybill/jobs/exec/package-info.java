/**
 * Runs programs: without a shell, with an environment of their own, to the end of all they started.
 */
@NullMarked
package io.waybill.jobs.exec;

import org.jspecify.annotations.NullMarked;

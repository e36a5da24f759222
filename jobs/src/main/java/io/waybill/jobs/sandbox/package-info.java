/** Provides throw-away servers, sample files and a broken connection, to see Waybill work. */
@NullMarked
package io.waybill.jobs.sandbox;

import org.jspecify.annotations.NullMarked;

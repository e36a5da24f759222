/** Starts jobs when something happens: files and mail arrive, another job ends. */
@NullMarked
package io.waybill.jobs.trigger;

import org.jspecify.annotations.NullMarked;

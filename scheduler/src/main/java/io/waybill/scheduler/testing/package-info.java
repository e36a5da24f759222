/** A scheduler for the tests of applications: it fires when told, on a clock that is given. */
@NullMarked
package io.waybill.scheduler.testing;

import org.jspecify.annotations.NullMarked;

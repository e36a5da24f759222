/** Provides the clocks, broken networks, scripted servers and leak checks that tests share. */
@NullMarked
package io.waybill.testkit;

import org.jspecify.annotations.NullMarked;

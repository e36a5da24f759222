/**
 * The facade: everything that the command line and the daemon do, for an application to do itself.
 */
@NullMarked
package io.waybill;

import org.jspecify.annotations.NullMarked;

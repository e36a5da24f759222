/** Keeps bytes to a rate. */
@NullMarked
package io.waybill.transfer.pace;

import org.jspecify.annotations.NullMarked;

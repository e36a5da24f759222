/** The vocabulary of file transfer: where, what, how proven, and what went wrong. */
@NullMarked
package io.waybill.transfer;

import org.jspecify.annotations.NullMarked;

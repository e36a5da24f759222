/** Decides who may connect to a server, how often, and how many at once. */
@NullMarked
package io.waybill.transfer.tcp.access;

import org.jspecify.annotations.NullMarked;

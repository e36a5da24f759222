/**
 * A second implementation of the waybill protocol, from its page alone, and what it does to our
 * server.
 */
@NullMarked
package io.waybill.transfer.independent;

import org.jspecify.annotations.NullMarked;

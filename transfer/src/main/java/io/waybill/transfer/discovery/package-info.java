/** Servers on the local network: announced and found by DNS-SD; a hint, never an identity. */
@NullMarked
package io.waybill.transfer.discovery;

import org.jspecify.annotations.NullMarked;

/**
 * Keeps messages in a database until a server has answered for every recipient, and proves what it
 * said.
 */
@NullMarked
package io.waybill.mail.outbox;

import org.jspecify.annotations.NullMarked;

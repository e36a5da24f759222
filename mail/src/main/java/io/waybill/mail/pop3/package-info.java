/** Mailboxes that are read over POP3 (RFC 1939). */
@NullMarked
package io.waybill.mail.pop3;

import org.jspecify.annotations.NullMarked;

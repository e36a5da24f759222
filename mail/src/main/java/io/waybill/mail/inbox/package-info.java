/**
 * Incoming mail: what it is, what is wanted of it, and what is known of how far it was handled.
 * Knows no protocol; {@code imap} and {@code pop3} do.
 */
@NullMarked
package io.waybill.mail.inbox;

import org.jspecify.annotations.NullMarked;

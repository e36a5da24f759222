/** Reads mailboxes over IMAP by UID, changing nothing in them. */
@NullMarked
package io.waybill.mail.imap;

import org.jspecify.annotations.NullMarked;
